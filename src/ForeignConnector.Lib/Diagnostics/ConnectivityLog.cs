using System.Globalization;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics.Tracking;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Where a <see cref="ConnectivityLog"/> writes and how much it keeps. Exchange's parameter names without their prefix
/// <c>ConnectivityLog</c>.</summary>
public sealed class ConnectivityLogOptions
{
    /// <summary>The directory, as a full path. Created when it is missing; several hosts may share it.</summary>
    public required string Path { get; set; }

    /// <summary>The largest file; a line that would not fit begins the next one.</summary>
    /// <value>Default 10 MB. A line that is larger than this has a file of its own.</value>
    public ByteSize MaxFileSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>The most that all files may have together; the oldest go first.</summary>
    /// <value>Default 1000 MB.</value>
    public ByteSize MaxDirectorySize { get; set; } = ByteSize.FromMegabytes(1000);

    /// <summary>Files that were last written to longer ago are deleted; zero keeps them.</summary>
    /// <value>Default 30 days.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>
/// The connections of delivery agents as files in the layout of Exchange Server's connectivity log (DA-13):
/// <c>CONNECTLOGyyyyMMdd-n.LOG</c>, with <c>+</c> where a connection opens, <c>&gt;</c> with its messages and octets and <c>-</c> with the
/// last response where it closes. Written in the background, as <see cref="MessageTrackingLog"/> is. Names no senders and recipients,
/// except where the response of another system does.
/// </summary>
public sealed class ConnectivityLog : IConnectionTrail, IDisposable
{
    private const string Fields = "date-time,session,source,Destination,direction,description";

    private readonly TimeProvider _time;
    private readonly LogWriter _writer;

    /// <summary>A log in one directory. Nothing is touched before the first event.</summary>
    /// <exception cref="ArgumentException">MaxFileSize exceeds MaxDirectorySize (TR-2).</exception>
    public ConnectivityLog(ConnectivityLogOptions options, IFileSystem files, TimeProvider time, ILogger<ConnectivityLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        _writer = new LogWriter(new()
        {
            Name = "connectivity log",
            Prefix = "CONNECTLOG",
            Path = options.Path,
            MaxFileSize = options.MaxFileSize,
            MaxDirectorySize = options.MaxDirectorySize,
            MaxAge = options.MaxAge,
            Header = now => TrackingLine.Header("Transport Connectivity Log", Fields, now),
        }, files, PlatformFiles.For(files), time, logger, LogWriter.DefaultCapacity);
    }

    /// <summary>True while the log cannot be written.</summary>
    public bool IsFailing => _writer.IsFailing;

    /// <inheritdoc/>
    public void Record(ConnectionEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (_writer.IsDisposed)
            return;
        _writer.Add(happened.Kind switch
        {
            ConnectionEventKind.Opened => Line(happened, "+", happened.RemoteHost),
            ConnectionEventKind.Refused => Line(happened, "+", happened.RemoteHost) + Line(happened, "-", happened.Response),
            _ => Line(happened, ">", string.Create(CultureInfo.InvariantCulture, $"Messages: {happened.Messages} Bytes: {happened.Octets}"))
                + Line(happened, "-", happened.Response),
        });
    }

    /// <summary>Writes what has been recorded up to now; does nothing while the log cannot be written, and waits no longer than 5 seconds
    /// for a volume that hangs.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>Writes what is left and closes the log; a volume that hangs is left to the end of the process.</summary>
    public void Dispose() => _writer.Dispose();

    private string Line(ConnectionEvent happened, string direction, string? description) => new CsvLine()
        .Raw(TrackingLine.Time(_time.GetUtcNow()))
        .Raw(happened.Session)
        .Field(happened.DeliveryProtocol)
        .Field(happened.NextHopDomain)
        .Raw(direction)
        .Field(description)
        .ToString() + "\r\n";
}
