using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics.Tracking;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// The life of every message as a file in the layout of Exchange Server's message tracking log (TR-1): one event one line, in
/// <c>MSGTRKyyyyMMdd-n.LOG</c>, a new file every UTC day and whenever one is full.
/// </summary>
/// <remarks>
/// <para><see cref="Record"/> puts the line into memory; a task in the background writes. What memory has no room for (4 MB) is dropped,
/// counted, and noted in the log as <c>#Dropped</c>. While the log cannot be written, mail goes on; it is tried again every 5 seconds. A
/// volume that hangs holds up the background alone: <see cref="Flush"/> and <see cref="Dispose"/> wait for it no longer than 5 seconds
/// (SE-8).</para>
/// <para>Lines are handed to the operating system within moments, but not flushed to disk: a crash of the process loses what was not
/// written yet, a power cut perhaps the last seconds. Hosts that share the directory write to different files.</para>
/// <para>The log names senders and recipients, and subjects if asked to.</para>
/// </remarks>
public sealed class MessageTrackingLog : IMessageTrail, IDisposable
{
    private readonly MessageTrackingLogOptions _options;
    private readonly TimeProvider _time;
    private readonly LogWriter _writer;

    /// <summary>A log in one directory. Nothing is touched before the first event.</summary>
    /// <exception cref="ArgumentException">MaxFileSize exceeds MaxDirectorySize (TR-2).</exception>
    public MessageTrackingLog(MessageTrackingLogOptions options, IFileSystem files, TimeProvider time, ILogger<MessageTrackingLog> logger)
        : this(options, files, PlatformFiles.For(files), time, logger, LogWriter.DefaultCapacity)
    {
    }

    internal MessageTrackingLog(
        MessageTrackingLogOptions options, IFileSystem files, IPlatformFiles platform, TimeProvider time, ILogger logger, int capacity)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time);
        _writer = new LogWriter(new()
        {
            Name = "message tracking log",
            Prefix = "MSGTRK",
            Path = options.Path,
            MaxFileSize = options.MaxFileSize,
            MaxDirectorySize = options.MaxDirectorySize,
            MaxAge = options.MaxAge,
            Header = TrackingLine.Header,
        }, files, platform, time, logger, capacity);
    }

    /// <summary>Events that were dropped since the start.</summary>
    public long Dropped => _writer.Dropped;

    /// <summary>True while the log cannot be written.</summary>
    public bool IsFailing => _writer.IsFailing;

    /// <inheritdoc/>
    public void Record(TrackingEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (_writer.IsDisposed)
            return;
        _writer.Add(
            TrackingLine.Format(happened, _time.GetUtcNow(), _options.ServerName, _options.SubjectLoggingEnabled), happened.Id?.Key,
            happened.Kind is TrackingEventKind.Receive or TrackingEventKind.Dsn);
    }

    /// <inheritdoc/>
    public IDisposable? Expect(SubmissionId id) => _writer.Expect(id.Key);

    /// <summary>Writes what has been recorded up to now; does nothing while the log cannot be written, and waits no longer than 5 seconds
    /// for a volume that hangs.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>Writes what is left and closes the log; a volume that hangs is left to the end of the process.</summary>
    public void Dispose() => _writer.Dispose();
}
