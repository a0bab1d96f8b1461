using System.IO.Abstractions;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>An open file whose reads, writes and flushes may fail. A write that fails leaves a part behind.</summary>
internal sealed class GuardedStream(Stream inner, string path, Faults faults) : FileSystemStream(inner, path, isAsync: false)
{
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Ask("read");
        return inner.Read(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (faults.Next("write", path) is { } fault)
        {
            inner.Write(buffer[..(buffer.Length / 2)]);
            throw fault;
        }
        inner.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void SetLength(long value)
    {
        Ask("ftruncate");
        inner.SetLength(value);
    }

    public override void Flush(bool flushToDisk)
    {
        if (flushToDisk)
            Ask("fsync");
        (inner as FileSystemStream)?.Flush(flushToDisk);
    }

    private void Ask(string operation)
    {
        if (faults.Next(operation, path) is { } fault)
            throw fault;
    }
}
