using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// A temporary file before and while it is written. What is large or comes from elsewhere is written by its writer before it joins a batch;
/// what is in memory is left to the batch: while the disk flushes, nobody else makes entries in the directory that is being flushed.
/// </summary>
/// <param name="platform">Creates it.</param>
/// <param name="path">Its name.</param>
/// <param name="write">Writes the octets; called at most once.</param>
/// <param name="cancellationToken">For the writer.</param>
/// <param name="access">Who may read it; null when it is private.</param>
internal sealed class PendingFile(
    IPlatformFiles platform, string path, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken,
    SharedAccess? access = null) : IDisposable
{
    private static long _lastOrder;

    private NewFile? _file;

    /// <summary>True once it is being written, or was.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>The lowest of several: errors since that file was opened are errors since the first octet of any of them.</summary>
    public long Order { get; private set; }

    public NewFile File => _file ?? throw new InvalidOperationException("the file is not open yet");

    /// <summary>Writes a file whose octets are at hand; a writer that waits for something all the same is waited for.</summary>
    public void Write() => WriteAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask WriteAsync()
    {
        _file = platform.Create(path, access);
        // Between opening and writing: whoever has a lower order was open before this file's first octet was written.
        Order = Interlocked.Increment(ref _lastOrder);
        return write(_file.Stream, cancellationToken);
    }

    public void Dispose() => _file?.Dispose();
}
