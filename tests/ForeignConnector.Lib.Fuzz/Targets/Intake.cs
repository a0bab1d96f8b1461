using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>What both intake targets do: the header as the processors read it, and the way of the result into a Drop file and out of it again.</summary>
internal static class Intake
{
    public static readonly SubmissionId Id = new(new DateTimeOffset(2026, 1, 31, 23, 59, 58, TimeSpan.Zero), 4711);

    public static readonly IntakeIdentity Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2");

    public static HeaderBuffer Read(ReadOnlySpan<byte> octets)
    {
        using var stream = new MemoryStream(octets.ToArray(), writable: false);
        return HeaderBuffer.ReadAsync(stream, 64 << 10, skipPreamble: true, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The message that goes on: the new header, then the body as it stood.</summary>
    public static byte[] Message(ParsedMessage parsed, HeaderBuffer header) => [.. parsed.Header.WrittenMemory.Span, .. header.BodyStart.Span];

    /// <summary>RP-5, EN-8: what a Drop directory gets reads back as the same envelope and the same message, and a second time as the same octets.</summary>
    public static void ThroughDrop(MailEnvelope envelope, byte[] message)
    {
        var file = DropFile.Write(envelope, message);
        var read = DropFile.Read(file, out var back);
        Check.Equal(envelope, read, "EN-8: an envelope reads back as it was written");
        Check.That(!Fields.Of(back).Exists(field => Fields.IsForbidden(field.Name)), "DR-4: no Bcc, Resent-Bcc or organization field in a Drop file");
        var body = HeaderEnd(message);
        Check.Equal(Body(message.AsSpan(body), envelope.Body), back.AsSpan(HeaderEnd(back)), "DR-4: the body of a Drop file is the body that came");
        Check.Equal(file, DropFile.Write(read, back), "RP-5: what comes out of a Drop file goes into one as the same octets");
    }

    private static int HeaderEnd(ReadOnlySpan<byte> message)
    {
        var scanner = new HeaderScanner(message);
        while (scanner.TryRead(out _))
        {
        }
        return scanner.Position + scanner.BlankLineLength;
    }

    private static byte[] Body(ReadOnlySpan<byte> body, BodyType type)
    {
        if (type == BodyType.BinaryMime)
            return body.ToArray();
        var octets = new List<byte>(body.Length);
        foreach (var octet in body)
        {
            if (octet == '\n' && octets is not [.., (byte)'\r'])
                octets.Add((byte)'\r');
            octets.Add(octet);
        }
        return [.. octets];
    }
}
