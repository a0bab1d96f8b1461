using System.IO.Abstractions;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>An open file whose reads, writes and flushes may fail. A write that fails leaves a part behind.</summary>
internal sealed class GuardedStream : FileSystemStream
{
    private readonly Stream _inner;
    private readonly Faults _faults;

    public GuardedStream(Stream inner, string path, Faults faults)
        : base(inner, path, isAsync: false)
    {
        _inner = inner;
        _faults = faults;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Ask("read");
        return _inner.Read(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_faults.Next("write", Name) is { } fault)
        {
            _inner.Write(buffer[..(buffer.Length / 2)]);
            throw fault;
        }
        _inner.Write(buffer);
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
        _inner.SetLength(value);
    }

    public override void Flush(bool flushToDisk)
    {
        if (flushToDisk)
            Ask("fsync");
        (_inner as FileSystemStream)?.Flush(flushToDisk);
    }

    private void Ask(string operation)
    {
        if (_faults.Next(operation, Name) is { } fault)
            throw fault;
    }
}
