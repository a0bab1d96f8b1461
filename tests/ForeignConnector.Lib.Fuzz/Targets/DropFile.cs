using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>Writes and reads the file form of Drop directories and of the queue.</summary>
internal static class DropFile
{
    public static byte[] Write(MailEnvelope envelope, ReadOnlySpan<byte> message)
    {
        using var output = new PooledBuffer(message.Length + 1024);
        MessageFile.Write(envelope, message, output);
        return output.WrittenMemory.ToArray();
    }

    public static MailEnvelope Read(byte[] file, out byte[] message)
    {
        using var stream = new MemoryStream(file, writable: false);
        var (envelope, offset) = MessageFile.ReadAsync(stream, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        message = file[offset..];
        return envelope;
    }
}
