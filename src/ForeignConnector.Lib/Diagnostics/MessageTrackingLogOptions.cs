using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Where a <see cref="MessageTrackingLog"/> writes and how much it keeps. Exchange's parameter names without their prefix
/// <c>MessageTrackingLog</c>.</summary>
public sealed class MessageTrackingLogOptions
{
    /// <summary>The directory, as a full path. Created when it is missing; several hosts may share it.</summary>
    public required string Path { get; set; }

    /// <summary>The name in <c>server-hostname</c>.</summary>
    public required string ServerName { get; set; }

    /// <summary>The largest file; a line that would not fit begins the next one.</summary>
    /// <value>Default 10 MB. A line that is larger than this has a file of its own.</value>
    public ByteSize MaxFileSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>The most that all files may have together; the oldest go first.</summary>
    /// <value>Default 1 GB.</value>
    public ByteSize MaxDirectorySize { get; set; } = ByteSize.FromMegabytes(1024);

    /// <summary>Files that were last written to longer ago are deleted; zero keeps them.</summary>
    /// <value>Default 30 days.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether the subject of a message is written: it is content.</summary>
    /// <value>Default false; Exchange's default is true.</value>
    public bool SubjectLoggingEnabled { get; set; }
}
