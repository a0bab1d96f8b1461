using System.Text.Json;

namespace ForeignConnector.Lib.Gateways.Http;

/// <summary>Writes octets into a JSON string as Base64, and what is written to the stream behind it from time to time.</summary>
internal sealed class Base64Stream(Utf8JsonWriter json, int flushAt) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the string.</summary>
    public void Finish() => json.WriteBase64StringSegment([], isFinalSegment: true);

    public override void Write(ReadOnlySpan<byte> buffer) => json.WriteBase64StringSegment(buffer, isFinalSegment: false);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (json.BytesPending >= flushAt)
            await json.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
