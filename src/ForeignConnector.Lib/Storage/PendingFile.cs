namespace ForeignConnector.Lib.Storage;

/// <summary>
/// A temporary file before and while it is written. What is large or comes from elsewhere is written by its writer before it joins a batch; what is in memory is
/// left to the batch: while the disk flushes, nobody else makes entries in the directory that is being flushed.
/// </summary>
/// <param name="platform">Creates it.</param>
/// <param name="path">Its name.</param>
/// <param name="write">Writes the octets; called at most once.</param>
/// <param name="cancellationToken">For the writer.</param>
internal sealed class PendingFile(IPlatformFiles platform, string path, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken) : IDisposable
{
    private static long _lastOrder;

    private NewFile? _file;

    public bool IsWritten => _file is not null;

    /// <summary>Tells which one was opened first, of files that are written.</summary>
    public long Order { get; private set; }

    public NewFile File => _file ?? throw new InvalidOperationException("the file is not written yet");

    /// <summary>Writes a file whose octets are at hand.</summary>
    public void Write()
    {
        var written = WriteAsync();
        // A writer that waits for something all the same is waited for.
        if (written.IsCompleted)
            written.GetAwaiter().GetResult();
        else
            written.AsTask().GetAwaiter().GetResult();
    }

    public ValueTask WriteAsync()
    {
        // Before it is opened, so that no file with a later order was opened earlier.
        Order = Interlocked.Increment(ref _lastOrder);
        _file = platform.Create(path);
        return write(_file.Stream, cancellationToken);
    }

    public void Dispose() => _file?.Dispose();
}
