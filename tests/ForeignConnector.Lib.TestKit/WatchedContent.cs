using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.TestKit;

/// <summary>A message in memory that counts what is done with it.</summary>
public sealed class WatchedContent(byte[] octets) : MessageContent
{
    private int _opened;
    private int _closed;

    /// <summary>Streams opened so far.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Streams closed so far.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>True once somebody disposed it.</summary>
    public bool IsDisposed { get; private set; }

    /// <inheritdoc/>
    public override long Length => octets.Length;

    /// <inheritdoc/>
    public override Stream OpenRead()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Interlocked.Increment(ref _opened);
        return new Reader(this, octets);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private sealed class Reader(WatchedContent owner, byte[] octets) : MemoryStream(octets, writable: false)
    {
        private bool _closed;

        protected override void Dispose(bool disposing)
        {
            if (!_closed)
                Interlocked.Increment(ref owner._closed);
            _closed = true;
            base.Dispose(disposing);
        }
    }
}
