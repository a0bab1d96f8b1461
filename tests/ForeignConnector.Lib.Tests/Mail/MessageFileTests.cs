using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

public class MessageFileTests
{
    private static readonly MailEnvelope Envelope = new("bob@fabrikam.com", [new("mary@contoso.com") { Notify = DsnNotify.Never }]);

    // Header fields that stay and that go, folded ones among them, and a body; line ends of both kinds.
    private static readonly Gen<string> Message = Gen.Select(
        Gen.OneOf("Subject: x", "Bcc: x,", "\u00ef\u00bb\u00bfBcc: x", "\u00ef\u00bb\u00bf", "\u00ef\u00bb\u00bf folded", "To: y", " folded: value", "bcc : z", "X-MS-Exchange-Forest-A: 1", "not a field", "Resent-Bcc: q").Array[0, 8],
        Gen.OneOf("", "line", "Bcc: body", "a long line of a body, longer than the widest vector of any processor there is").Array[0, 8],
        Gen.OneOf("\n", "\r\n").Array[17],
        (header, body, ends) => string.Concat(header.Append("").Concat(body).Select((line, i) => line + ends[i])));

    [Fact(DisplayName = "DR-3: a file is the block of the envelope, then the message")]
    public async Task Writes_the_block_then_the_message() => Assert.Equal(
        EnvelopeBlockText.Write(Envelope) + "Subject: x\r\n\r\nbody\r\n",
        await WriteAsync("Subject: x\r\n\r\nbody\r\n"));

    [Theory(DisplayName = "DR-4: Bcc, Resent-Bcc and what HF-1 names are removed, line ends become CRLF, all else stays octet for octet")]
    [InlineData("A: 1\r\nBcc: x,\r\n y\r\nResent-Bcc: z\r\nX-MS-Exchange-Organization-SCL: 1\r\nB: 2\r\n\r\nBcc: body\r\n", "A: 1\r\nB: 2\r\n\r\nBcc: body\r\n")]
    [InlineData("Received: x\r\nResent-To: y\r\nDKIM-Signature: a;\r\n\tb\r\n\r\n", "Received: x\r\nResent-To: y\r\nDKIM-Signature: a;\r\n\tb\r\n\r\n")]
    [InlineData("X-Sender: <eve@evil.test>\r\nX-EndOfInjectedXHeaders: 1\r\n\r\n", "X-Sender: <eve@evil.test>\r\nX-EndOfInjectedXHeaders: 1\r\n\r\n")]
    [InlineData("A: 1\n\nbody\n\n", "A: 1\r\n\r\nbody\r\n\r\n")]
    [InlineData("A: \u00fc\0\r\n\r\n\r\0\u00fc\r", "A: \u00fc\0\r\n\r\n\r\0\u00fc\r")]
    [InlineData("A: 1\r\n", "A: 1\r\n\r\n")]
    [InlineData("A: 1", "A: 1\r\n\r\n")]
    [InlineData("\r\nbody", "\r\nbody")]
    [InlineData("", "\r\n")]
    [InlineData("\u00ef\u00bb\u00bfBcc: x\r\nA: 1\r\n\r\nbody", "A: 1\r\n\r\nbody")]
    [InlineData("\u00ef\u00bb\u00bfA: 1\r\n\r\n\u00ef\u00bb\u00bfBcc: body", "A: 1\r\n\r\n\u00ef\u00bb\u00bfBcc: body")]
    [InlineData("\u00ef\u00bb\u00bf\r\nA: 1\r\n\r\nbody", "\u00ef\u00bb\u00bf\r\nA: 1\r\n\r\nbody")]
    [InlineData("\u00ef\u00bb\u00bf", "\r\n")]
    [InlineData("Bcc: x\r\n\r\n..dots\r\n.\r\n", "\r\n..dots\r\n.\r\n")]
    public async Task Writes_the_message(string message, string expected)
    {
        var block = EnvelopeBlockText.Write(Envelope);

        Assert.Equal(block + expected, await WriteAsync(message));
        Assert.Equal(block + expected, await WriteAsync(message, chunk: 1));
    }

    [Fact(DisplayName = "PU-12: of a BINARYMIME message no octet changes, but for the fields that are removed")]
    public async Task Keeps_a_binary_message()
    {
        var binary = Envelope with { Body = BodyType.BinaryMime };

        Assert.Equal(
            EnvelopeBlockText.Write(binary) + "A: 1\nB: 2\r\n\n\n\0\n\r",
            await WriteAsync("A: 1\nBcc: x\nB: 2\r\n\n\n\0\n\r", envelope: binary));
    }

    [Theory(DisplayName = "DR-4: a body larger than every buffer is written whole, whatever the size of the reads")]
    [InlineData(4096)]
    [InlineData(100_003)]
    [InlineData(1 << 20)]
    public async Task Writes_a_large_body(int chunk)
    {
        var body = string.Concat(Enumerable.Range(0, 100_000).Select(i => i % 3 == 0 ? $"{i}\n" : $"{i}\r\n"));

        var written = await WriteAsync("A: 1\r\n\r\n" + body, chunk);

        Assert.EndsWith("A: 1\r\n\r\n" + body.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal), written, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "DR-4: a message in memory and one that streams give the same file, and the one that the rule describes")]
    public void Writes_the_same_from_memory_and_from_a_stream() => Gen.Select(Message, Gen.Int[1, 100]).Sample(
        (message, chunk) =>
        {
            var written = new ArrayBufferWriter<byte>();
            MessageFile.Write(Envelope, Encoding.Latin1.GetBytes(message), written);
            var expected = EnvelopeBlockText.Write(Envelope) + WithoutBlockedFields(message).ReplaceLineEndings("\r\n");
            return Encoding.Latin1.GetString(written.WrittenSpan) == expected
                && Encoding.Latin1.GetString(WriteOctetsAsync(message, chunk).GetAwaiter().GetResult()) == expected;
        },
        iter: 5000);

    [Fact(DisplayName = "RP-5: what is written reads back to the same envelope, and the message begins where it says")]
    public void Reads_what_it_writes() => Gen.Select(MailGen.Envelope, Gen.Char["AX-:\r\n \0"].Array[0, 30]).Sample((envelope, characters) =>
    {
        var message = "X-Own: 1\r\n" + new string(characters).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n\r\nbody";
        var written = WriteOctetsAsync(message, envelope: envelope).GetAwaiter().GetResult();
        var (read, offset) = MessageFile.ReadAsync(new DripStream(written, 1000), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return read == envelope && Encoding.Latin1.GetString(written.AsSpan(offset)) == message;
    });

    [Fact(DisplayName = "RP-2: another file is not read as one")]
    public async Task Refuses_another_file()
    {
        var error = await Assert.ThrowsAsync<MailFormatException>(
            async () => await MessageFile.ReadAsync(new MemoryStream("Subject: x\r\n\r\n"u8.ToArray()), CancellationToken.None));

        Assert.Equal("RP-2", error.Rule);
    }

    private static string WithoutBlockedFields(string message)
    {
        var blank = message.StartsWith('\n') || message.StartsWith("\r\n", StringComparison.Ordinal) ? 0 : Regex.Match(message, "\n(?=\r?\n)").Index + 1;
        var fields = Regex.Matches(message[..blank], ".*\n([ \t].*\n)*").Select(field => field.Value);
        var kept = fields.Select(field => Regex.Replace(field, "^\u00ef\u00bb\u00bf(?=[!-~]+:)", "")).Where(field => !Regex.IsMatch(field, "^(Bcc|Resent-Bcc|X-MS-Exchange-Forest-.*?) *:", RegexOptions.IgnoreCase));
        return string.Concat(kept) + message[blank..];
    }

    private static async Task<string> WriteAsync(string message, int chunk = 1 << 20, MailEnvelope? envelope = null) =>
        Encoding.Latin1.GetString(await WriteOctetsAsync(message, chunk, envelope));

    private static async Task<byte[]> WriteOctetsAsync(string message, int chunk = 1 << 20, MailEnvelope? envelope = null)
    {
        using var content = new DripContent(Encoding.Latin1.GetBytes(message), chunk);
        using var output = new MemoryStream();
        await MessageFile.WriteAsync(envelope ?? Envelope, content, output, CancellationToken.None);
        return output.ToArray();
    }

    private sealed class DripContent(byte[] octets, int chunk) : MessageContent
    {
        public override long Length => octets.Length;

        public override Stream OpenRead() => new DripStream(octets, chunk);
    }
}
