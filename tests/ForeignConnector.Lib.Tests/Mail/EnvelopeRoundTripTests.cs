using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeRoundTripTests
{
    [Fact(DisplayName = "EN-8: write then read gives an equal envelope, and writing that gives the same octets")]
    public void Reads_what_it_writes() => MailGen.Envelope.Sample(envelope =>
    {
        var written = EnvelopeBlockText.WriteOctets(envelope);
        var block = EnvelopeBlockReader.ReadReplay(written);
        var read = block.ToEnvelope();
        return read == envelope && block.End == written.Length && EnvelopeBlockText.WriteOctets(read).AsSpan().SequenceEqual(written);
    });

    [Fact(DisplayName = "EN-7: whatever is in an envelope, the block has its fields and no others, and no bare CR, LF or NUL")]
    public void Injects_nothing() => MailGen.Envelope.Sample(envelope =>
    {
        var lines = Encoding.UTF8.GetString(EnvelopeBlockText.WriteOctets(envelope)).Split("\r\n");
        var fields = lines[..^1].Where(line => line[0] is not (' ' or '\t')).ToArray();
        var receivers = fields.Count(field => field.StartsWith("X-Receiver: <", StringComparison.Ordinal));
        return lines[^1].Length == 0
            && !lines.Any(line => line.AsSpan().ContainsAny('\r', '\n', '\0'))
            && receivers == envelope.Recipients.Length
            && fields.Length <= receivers + 8
            && fields.All(field => field.StartsWith("X-", StringComparison.Ordinal));
    });

    [Fact(DisplayName = "EN-8: a block is read the same with bare LF line ends")]
    public void Reads_the_same_with_LF() => MailGen.Envelope.Sample(envelope =>
        EnvelopeBlockText.Read(EnvelopeBlockText.Write(envelope).Replace("\r\n", "\n", StringComparison.Ordinal)) == envelope);

    [Fact(DisplayName = "EN-7: any octets are read, or refused with a rule; nothing else is thrown, and what is read can be written")]
    public void Survives_any_octets()
    {
        var piece = Gen.OneOf(
            Gen.Int[0, Pieces.Length - 1].Select(i => Encoding.Latin1.GetBytes(Pieces[i])),
            Gen.Byte.Array[0, 4]);
        piece.Array[0, 30].Select(pieces => pieces.SelectMany(octets => octets).ToArray()).Sample(octets =>
        {
            try
            {
                var envelope = EnvelopeBlockReader.ReadReplay([.. "X-Sender: <a@b> "u8, .. octets]).ToEnvelope();
                return EnvelopeBlockText.Read(EnvelopeBlockText.Write(envelope)) == envelope;
            }
            catch (MailFormatException e)
            {
                return e.Rule.Length > 0;
            }
        });
    }

    private static readonly string[] Pieces =
    [
        "\r\nX-Receiver: <mary@contoso.com> ", "\r\nX-Receiver: a@b", "\r\nX-CreatedBy: ", "\r\nX-Source:", "\r\nX-ExtendedProps: ", "\r\n ", "\n\t", "\r\n", "\r",
        "; ", ";", " ", "\t", "X-P=", "A=", ";R", ";;", ",", "ORCPT=", "ORCPT=rfc822;", "NOTIFY=", "NEVER", "SUCCESS,", "ENVID=", "AUTH=", "RET=FULL", "BODY=7BIT", "<", ">", "@", "\"",
        "\\", "+", "+0A", "+3B", "=", "BQAV", "\0",
    ];
}
