namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>A stream that gives at most a few octets at a time, as network file systems may.</summary>
internal sealed class DripStream(byte[] octets, int chunk) : MemoryStream(octets, writable: false)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, chunk)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
}
