namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// The ids of log events. They never change their meaning: 1xxx intake, 2xxx routing and queue, 3xxx delivery, 4xxx host, 5xxx the record,
/// 6xxx reports.
/// </summary>
public static class EventIds
{
    /// <summary>Warning: a Pickup or Replay directory cannot be listed. Once per outage.</summary>
    public const int DirectoryUnavailable = 1001;

    /// <summary>Information: the directory can be listed again.</summary>
    public const int DirectoryAvailable = 1002;

    /// <summary>Warning: files that a dead process had claimed were taken back (PU-13).</summary>
    public const int ClaimsRecovered = 1003;

    /// <summary>
    /// Warning: a file is left where it is, because it cannot be opened or is not a regular file. Once per file (PU-1, PU-2).
    /// </summary>
    public const int FileSkipped = 1004;

    /// <summary>Warning: a file was set aside as badmail (BM-1).</summary>
    public const int BadMail = 1005;

    /// <summary>Error: a message could not be handed over and stays in its directory. Once per outage.</summary>
    public const int HandOverFailed = 1006;

    /// <summary>Warning: intake is slowed or stopped, because something runs short. Once per change.</summary>
    public const int BackPressure = 1007;

    /// <summary>Information: intake is as fast as it can be again.</summary>
    public const int BackPressureEnded = 1008;

    /// <summary>Error: a file was set aside because the process ended, too often, while it worked on it (ND-4).</summary>
    public const int PoisonMessage = 1009;

    /// <summary>Warning: a file was refused; its sender got a report, or wants none, and the file is gone (ND-1).</summary>
    public const int Refused = 1010;

    /// <summary>Information: an ORCPT or X-HeloDomain of a file broke its syntax and was left out (EN-11).</summary>
    public const int HintLeftOut = 1020;

    /// <summary>Warning: the limit of messages per minute holds files back (PU-3). Once per outage.</summary>
    public const int RateLimited = 1021;

    /// <summary>Warning: names in <c>.tmp</c> that are not claims of this host and are left alone (PU-14). Once for each.</summary>
    public const int ForeignTemporaries = 1022;

    /// <summary>Error: claims cannot be written down, so no file is taken (PU-14). Once per outage.</summary>
    public const int ClaimJournalUnavailable = 1023;

    /// <summary>Error: a look at a directory failed for a reason that nobody foresaw. Once per outage.</summary>
    public const int LookFailed = 1024;

    /// <summary>Warning: the volume of the queue does not answer; its last reading counts (BP-1). Once per outage.</summary>
    public const int VolumeSilent = 1031;

    /// <summary>Information: the volume answers again.</summary>
    public const int VolumeAnswers = 1032;

    /// <summary>Information: a missing directory was created (PU-15).</summary>
    public const int DirectoryCreated = 1033;

    /// <summary>Warning: a missing directory could not be created, or its volume does not answer (PU-15).</summary>
    public const int DirectoryNotCreated = 1034;

    /// <summary>Information: files that were set aside longer ago than SetAsideRetention were deleted (QU-12).</summary>
    public const int SetAsideDeleted = 1035;

    /// <summary>Error: files that were set aside could not be counted; that is tried again. Once per outage.</summary>
    public const int SetAsideFailed = 1036;

    /// <summary>Information: a message was accepted and is durable.</summary>
    public const int Accepted = 2001;

    /// <summary>Warning: recipients of a message were refused for good (RT-4).</summary>
    public const int RecipientsRefused = 2002;

    /// <summary>Information: recipients without a connector are kept until the configuration changes (RT-4).</summary>
    public const int Unreachable = 2003;

    /// <summary>Error: a queue file cannot be read and was set aside.</summary>
    public const int QueueFileUnreadable = 2004;

    /// <summary>Information: what the queue held at start.</summary>
    public const int QueueLoaded = 2005;

    /// <summary>Information: queued messages got another connector.</summary>
    public const int Rerouted = 2006;

    /// <summary>Error: the queue directory failed; its message is tried again. Once per outage.</summary>
    public const int QueueFailed = 2007;

    /// <summary>Warning: the sidecar of a queue file cannot be read; the message is worked on as if it had none.</summary>
    public const int QueueStateUnreadable = 2008;

    /// <summary>Error: a queue file was set aside because processes died while they worked on it (ND-4).</summary>
    public const int PoisonEntry = 2009;

    /// <summary>Error: a report to a sender could not be made; the message keeps it and it is tried again. Once per outage.</summary>
    public const int SenderReportFailed = 2010;

    /// <summary>
    /// Error: a folder or a file of the queue cannot be read, or not be deleted; it is tried again and the others go on (RY-4). Once per
    /// outage.
    /// </summary>
    public const int QueuePartFailed = 2011;

    /// <summary>Warning: a queue file has been locked by another program for minutes (DR-10). Once per file and outage.</summary>
    public const int EntryLocked = 2012;

    /// <summary>Error: a loop of the transport failed of something unforeseen and goes on (RY-4). Once per outage.</summary>
    public const int LoopFailed = 2013;

    /// <summary>Warning: others had rights to the directory of the queue; they were taken away (DR-10).</summary>
    public const int QueueMadePrivate = 2031;

    /// <summary>Information: recipients were delivered or relayed.</summary>
    public const int Delivered = 3001;

    /// <summary>Information: recipients were deferred.</summary>
    public const int Deferred = 3002;

    /// <summary>
    /// Warning: recipients failed for good, or their time ran out; the message is kept in the queue as <c>.bad</c> when nobody can be told.
    /// </summary>
    public const int Failed = 3003;

    /// <summary>Error: a connector threw; its recipients are deferred.</summary>
    public const int ConnectorThrew = 3004;

    /// <summary>Warning: a Drop directory is missing, not writable or full. Once per outage (DR-2, DR-6).</summary>
    public const int DropDirectoryUnavailable = 3005;

    /// <summary>Information: the Drop directory takes messages again.</summary>
    public const int DropDirectoryAvailable = 3006;

    /// <summary>
    /// Warning: a connector deferred several messages in a row; it gets one at a time until one goes through. Once per outage.
    /// </summary>
    public const int ConnectorFailing = 3007;

    /// <summary>Information: the connector took a message; its outage is over.</summary>
    public const int ConnectorRecovered = 3008;

    /// <summary>Error: a connector did not end a delivery in its DeliveryTimeout and ignores its cancellation (RY-2).</summary>
    public const int DeliveryOverdue = 3009;

    /// <summary>Warning: a delivery agent deferred its queue (DA-6). Once per outage.</summary>
    public const int QueueDeferred = 3010;

    /// <summary>Error: a delivery agent failed its queue: everything that was due has failed (DA-6).</summary>
    public const int QueueVerdictFailed = 3011;

    /// <summary>Error: a delivery agent gave a verdict with a response of the wrong class; the queue is deferred (DA-6).</summary>
    public const int WrongVerdict = 3012;

    /// <summary>Error: a delivery agent threw instead of opening a connection; the queue is deferred (DA-8). Once per outage.</summary>
    public const int ConnectionNotOpened = 3013;

    /// <summary>Warning: a connection of a delivery agent could not be closed, and was given up (DA-8).</summary>
    public const int ConnectionNotClosed = 3014;

    /// <summary>Warning: a message cannot be read from the queue by its connector; it is deferred. Once per outage.</summary>
    public const int MessageUnreadable = 3031;

    /// <summary>Warning: something else in a Drop directory has the name of a message, which gets another one (SE-3).</summary>
    public const int DropNameTaken = 3032;

    /// <summary>Warning: something else in a Drop directory has every name of a message; that message is deferred (SE-3).</summary>
    public const int DropNamesTaken = 3033;

    /// <summary>Warning: a connector is enabled but its MaxMessageSize of 0 disables it (DR-7).</summary>
    public const int ConnectorDisabledBySize = 4001;

    /// <summary>Information: the transport has started.</summary>
    public const int Started = 4002;

    /// <summary>Warning: a configuration key that nothing reads.</summary>
    public const int UnknownKey = 4003;

    /// <summary>Information: a changed configuration is in force.</summary>
    public const int Reloaded = 4004;

    /// <summary>Error: a changed configuration is wrong and the old one stays in force. Once per error.</summary>
    public const int ReloadRefused = 4005;

    /// <summary>Warning: a key was changed that has no effect before the next start.</summary>
    public const int RestartNeeded = 4006;

    /// <summary>Warning: several connectors write to one Drop directory.</summary>
    public const int SharedDropDirectory = 4007;

    /// <summary>Warning: no kind of connector here serves the DeliveryProtocol of a connector; its messages wait (DA-4).</summary>
    public const int ProtocolNotServed = 4008;

    /// <summary>Error: a connector that left the configuration could not be disposed.</summary>
    public const int ConnectorNotDisposed = 4009;

    /// <summary>Critical: a part of the transport ended by itself; the host stops with exit code 1 (SE-8).</summary>
    public const int Defect = 4021;

    /// <summary>Error: a trail threw although it must not (TR-1); mail goes on. Once until it works again.</summary>
    public const int TrailThrew = 5001;

    /// <summary>Error: the message tracking log cannot be written; mail goes on (TR-1). Once per outage.</summary>
    public const int TrackingLogUnavailable = 5002;

    /// <summary>Information: the message tracking log is written again.</summary>
    public const int TrackingLogAvailable = 5003;

    /// <summary>Warning: events are missing in the message tracking log, because it could not be written fast enough.</summary>
    public const int TrackingLogDropped = 5004;

    /// <summary>
    /// Warning: the message tracking log cannot be written fast enough, and drops events from here on. Once until it catches up.
    /// </summary>
    public const int TrackingLogDropping = 5005;

    /// <summary>Information: a report to a sender was accepted (ND-2).</summary>
    public const int ReportSent = 6001;

    /// <summary>Warning: nobody can be told what became of a message: its sender is no address, refused, or a report.</summary>
    public const int ReportImpossible = 6002;

    /// <summary>Warning: the postmaster does not get the copy of a report that was sent (ND-10).</summary>
    public const int ReportCopyFailed = 6003;
}
