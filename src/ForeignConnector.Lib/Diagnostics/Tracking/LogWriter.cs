using System.Buffers;
using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>
/// Writes the lines of a log in the background. What memory has no room for is dropped, counted, and noted in the log as <c>#Dropped</c>.
/// While the log cannot be written, mail goes on; it is tried again every 5 seconds. A volume that hangs holds up the background alone
/// (SE-8). Thread-safe.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    /// <summary>How many octets memory holds.</summary>
    public const int DefaultCapacity = 4 << 20;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    // Longer than a busy disk takes for what memory holds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly LogFileOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogFiles _files;
    private readonly PendingLines _pending;
    private readonly OutageLog _outage = new();
    private readonly OutageLog _dropping = new();
    private readonly WakeSignal _wake;
    private readonly PatientQuestions _questions;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _writing = new();
    private readonly Lazy<Task> _writer;
    private ArrayBufferWriter<byte> _batch = new();
    private int _written;
    private long _dropped;
    private bool _disposed;
    private bool _isClosing;

    /// <summary>A writer; nothing is touched before the first line.</summary>
    /// <exception cref="ArgumentException">MaxFileSize exceeds MaxDirectorySize (TR-2).</exception>
    public LogWriter(LogFileOptions options, IFileSystem files, IPlatformFiles platform, TimeProvider time, ILogger logger, int capacity)
    {
        if (options.MaxFileSize > options.MaxDirectorySize)
            throw new ArgumentException("MaxFileSize must not be larger than MaxDirectorySize", nameof(options));
        (_options, _time, _logger) = (options, time, logger);
        _files = new LogFiles(options, files, platform, time);
        _pending = new PendingLines(capacity);
        _wake = new WakeSignal(time);
        _questions = new PatientQuestions(time);
        _writer = new Lazy<Task>(() => Task.Run(() => RunAsync(_stopping.Token)));
    }

    /// <summary>Events that were dropped since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>True while the log cannot be written.</summary>
    public bool IsFailing => _outage.IsOut;

    /// <summary>True when nothing is taken any more.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Adds a line; see <see cref="PendingLines.TryAdd"/>.</summary>
    public void Add(string line, UInt128? key = null, bool isFirst = true)
    {
        if (_pending.TryAdd(line, key, isFirst))
            _dropping.End();
        else
            Drop();
        _ = _writer.Value;
        _wake.Set();
    }

    private void Drop()
    {
        Interlocked.Increment(ref _dropped);
        if (_dropping.Begin())
            _logger.TrackingLogDropping(_options.Name, _options.Path);
    }

    /// <summary>See <see cref="PendingLines.Expect"/>; null when nothing is taken any more.</summary>
    public IDisposable? Expect(UInt128 key) => IsDisposed ? null : _pending.Expect(key);

    /// <summary>Writes what has been recorded up to now; does nothing while the log cannot be written, and waits no longer than 5 seconds
    /// for a volume that hangs.</summary>
    public void Flush()
    {
        // Another thread that is writing may have begun before the last event.
        if (WithPatience(WriteAll) && !_pending.IsEmpty)
            WithPatience(WriteAll);
    }

    private void WriteAll()
    {
        lock (_writing)
        {
            if (_disposed)
                return;
            try
            {
                while (TakeBatch())
                    _written += _files.Append(_batch.WrittenSpan[_written..]);
                if (_outage.End())
                    _logger.TrackingLogAvailable(_options.Name, _options.Path);
            }
#pragma warning disable CA1031 // Whatever is wrong with the log, mail goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _files.Close();
                if (_outage.Begin())
                    _logger.TrackingLogUnavailable(e, _options.Name, _options.Path);
            }
        }
    }

    /// <summary>Writes what is left and closes the log; a volume that hangs is left to the end of the process.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosing, true))
            return;
        if (!WithPatience(Close))
            Volatile.Write(ref _disposed, true);
        _stopping.Cancel();
        if (!_writer.IsValueCreated || WithPatience(() => _writer.Value.GetAwaiter().GetResult()))
            _stopping.Dispose();
    }

    private void Close()
    {
        WriteAll();
        lock (_writing)
        {
            if (_disposed)
                return;
            Volatile.Write(ref _disposed, true);
            _files.Dispose();
        }
    }

    // Not on the thread of the caller: a file system that hangs would hold it.
    private bool WithPatience(Action work) =>
        _questions.AskAsync(work.Method.Name, () => Done(work), Patience, CancellationToken.None).GetAwaiter().GetResult().IsAnswered;

    private static bool Done(Action work)
    {
        work();
        return true;
    }

    private void Prune()
    {
        lock (_writing)
        {
            if (!_disposed)
                _files.Prune();
        }
    }

    // A batch that could not be written is tried again before newer lines.
    private bool TakeBatch()
    {
        if (_written < _batch.WrittenCount)
            return true;
        _batch.ResetWrittenCount();
        _written = 0;
        _batch = _pending.Take(_batch, events => TrackingLine.Dropped(events, _time.GetUtcNow()), out var dropped);
        if (dropped > 0)
            _logger.TrackingLogDropped(_options.Name, _options.Path, dropped);
        return _batch.WrittenCount > 0;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var isSignalled = await _wake.WaitAsync(PruneInterval, cancellationToken).ConfigureAwait(false);
                WriteAll();
                if (!isSignalled)
                    Prune();
                if (IsFailing)
                    await Task.Delay(RetryInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed.
        }
    }
}
