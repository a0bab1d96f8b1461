using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// Every log message of the library: fields, not sentences; ids and counts, never message content or full addresses. An exception comes in
/// through a method that redacts it (TR-3); what is generated takes nothing else.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(EventIds.DirectoryUnavailable,
        LogLevel.Warning, "{Source} directory {Path} cannot be read; it is looked at again at every poll. {Reason}")]
    public static partial void DirectoryUnavailable(this ILogger logger, string source, string path, string reason);

    [LoggerMessage(EventIds.DirectoryAvailable, LogLevel.Information, "{Source} directory {Path} can be read again")]
    public static partial void DirectoryAvailable(this ILogger logger, string source, string path);

    [LoggerMessage(
        EventIds.ClaimsRecovered, LogLevel.Warning, "{Source}: {Count} files that a stopped process had claimed were taken back")]
    public static partial void ClaimsRecovered(this ILogger logger, string source, int count);

    [LoggerMessage(EventIds.FileSkipped, LogLevel.Warning, "{Source}: \"{File}\" is left where it is: {Reason}")]
    public static partial void FileSkipped(this ILogger logger, string source, string file, string reason);

    [LoggerMessage(EventIds.BadMail, LogLevel.Warning, "{Source}: \"{File}\" is badmail, rule {Rule}: {Reason}")]
    public static partial void BadMail(this ILogger logger, string source, string file, string rule, string reason);

    [LoggerMessage(EventIds.HandOverFailed, LogLevel.Error, "{Source}: \"{File}\" could not be handed over and is tried again")]
    private static partial void HandOverFailed(ILogger logger, RedactedException exception, string source, string file);

    public static void HandOverFailed(this ILogger logger, Exception exception, string source, string file) =>
        HandOverFailed(logger, RedactedException.Of(exception), source, file);

    [LoggerMessage(EventIds.BackPressure, LogLevel.Warning, "Intake is now {Pace}: {Resources}")]
    public static partial void BackPressure(this ILogger logger, Intake.IntakePace pace, string resources);

    [LoggerMessage(EventIds.BackPressureEnded, LogLevel.Information, "Intake is open again")]
    public static partial void BackPressureEnded(this ILogger logger);

    [LoggerMessage(EventIds.VolumeSilent,
        LogLevel.Warning, "The volume of {Name} has not answered for {Seconds} s; its last reading counts until it does")]
    public static partial void VolumeSilent(this ILogger logger, string name, long seconds);

    [LoggerMessage(EventIds.VolumeAnswers, LogLevel.Information, "The volume of {Name} answers again")]
    public static partial void VolumeAnswers(this ILogger logger, string name);

    [LoggerMessage(EventIds.DirectoryCreated, LogLevel.Information, "{Name}: the missing directory {Path} was created")]
    public static partial void DirectoryCreated(this ILogger logger, string name, string path);

    [LoggerMessage(
        EventIds.DirectoryNotCreated, LogLevel.Warning, "{Name}: the directory {Path} is missing and could not be created: {Reason}")]
    public static partial void DirectoryNotCreated(this ILogger logger, string name, string path, string reason);

    [LoggerMessage(EventIds.SetAsideDeleted,
        LogLevel.Information, "{Name}: {Count} files that were set aside longer ago than {Retention} were deleted")]
    public static partial void SetAsideDeleted(this ILogger logger, string name, int count, TimeSpan retention);

    [LoggerMessage(EventIds.SetAsideFailed, LogLevel.Error, "The files that were set aside could not be counted; that is tried again")]
    private static partial void SetAsideFailed(ILogger logger, RedactedException exception);

    public static void SetAsideFailed(this ILogger logger, Exception exception) =>
        SetAsideFailed(logger, RedactedException.Of(exception));

    [LoggerMessage(EventIds.PoisonMessage,
        LogLevel.Error, "{Source}: \"{File}\" is set aside as poison; processes that ended while they worked on it: {Count}")]
    public static partial void PoisonMessage(this ILogger logger, string source, string file, int count);

    [LoggerMessage(EventIds.Refused, LogLevel.Warning, "{Source}: \"{File}\" was refused and {Told}, rule {Rule}: {Reason}")]
    public static partial void Refused(this ILogger logger, string source, string file, string told, string rule, string reason);

    [LoggerMessage(EventIds.HintLeftOut, LogLevel.Information, "{Source}: \"{File}\" was taken without its {Hints}, which cannot be read")]
    public static partial void HintLeftOut(this ILogger logger, string source, string file, string hints);

    [LoggerMessage(
        EventIds.RateLimited, LogLevel.Warning, "{Source}: the limit of {Limit} messages a minute holds back {Count}{More} files")]
    public static partial void RateLimited(this ILogger logger, string source, int limit, int count, string more);

    [LoggerMessage(EventIds.ForeignTemporaries,
        LogLevel.Warning, "{Source}: {Count} names in .tmp are not claims of this host and stay their writers'; one is \"{File}\"")]
    public static partial void ForeignTemporaries(this ILogger logger, string source, int count, string file);

    [LoggerMessage(EventIds.ClaimJournalUnavailable,
        LogLevel.Error, "{Source}: claims cannot be written down in {Path}; files stay where they are until they can")]
    private static partial void ClaimJournalUnavailable(ILogger logger, RedactedException exception, string source, string path);

    public static void ClaimJournalUnavailable(this ILogger logger, Exception exception, string source, string path) =>
        ClaimJournalUnavailable(logger, RedactedException.Of(exception), source, path);

    [LoggerMessage(EventIds.LookFailed, LogLevel.Error, "{Source}: a look at {Path} failed; another one follows at the next poll")]
    private static partial void LookFailed(ILogger logger, RedactedException exception, string source, string path);

    public static void LookFailed(this ILogger logger, Exception exception, string source, string path) =>
        LookFailed(logger, RedactedException.Of(exception), source, path);

    [LoggerMessage(EventIds.Accepted, LogLevel.Information, "Accepted {Id}: {Recipients} recipients in {Files} queue files, {Size} octets")]
    public static partial void Accepted(this ILogger logger, string id, int recipients, int files, long size);

    [LoggerMessage(EventIds.RecipientsRefused, LogLevel.Warning, "Refused {Count} recipients of {Id}: {Status}")]
    public static partial void RecipientsRefused(this ILogger logger, int count, string id, string status);

    [LoggerMessage(
        EventIds.Unreachable, LogLevel.Information, "{Count} recipients of {Id} are kept until the configuration changes: {Status} {Text}")]
    public static partial void Unreachable(this ILogger logger, int count, string id, string status, string text);

    [LoggerMessage(EventIds.QueueFileUnreadable, LogLevel.Error, "Queue file {File} cannot be read and was set aside")]
    private static partial void QueueFileUnreadable(ILogger logger, RedactedException exception, string file);

    public static void QueueFileUnreadable(this ILogger logger, Exception exception, string file) =>
        QueueFileUnreadable(logger, RedactedException.Of(exception), file);

    [LoggerMessage(EventIds.QueueLoaded, LogLevel.Information, "The queue holds {Count} messages")]
    public static partial void QueueLoaded(this ILogger logger, int count);

    [LoggerMessage(EventIds.Rerouted, LogLevel.Information, "{Count} queued messages were routed again")]
    public static partial void Rerouted(this ILogger logger, int count);

    [LoggerMessage(EventIds.QueueFailed, LogLevel.Error, "Queue of {Connector}: a message could not be worked on and is tried again")]
    private static partial void QueueFailed(ILogger logger, RedactedException exception, string connector);

    public static void QueueFailed(this ILogger logger, Exception exception, string connector) =>
        QueueFailed(logger, RedactedException.Of(exception), connector);

    [LoggerMessage(EventIds.QueueStateUnreadable,
        LogLevel.Warning, "The state of a queued message, {File}, cannot be read; the message is worked on as if it had none")]
    private static partial void QueueStateUnreadable(ILogger logger, RedactedException exception, string file);

    public static void QueueStateUnreadable(this ILogger logger, Exception exception, string file) =>
        QueueStateUnreadable(logger, RedactedException.Of(exception), file);

    [LoggerMessage(
        EventIds.QueueMadePrivate, LogLevel.Warning, "Other accounts had rights to the queue directory; it is private now (0700)")]
    public static partial void QueueMadePrivate(this ILogger logger);

    [LoggerMessage(EventIds.PoisonEntry,
        LogLevel.Error, "Queue file {Id} of {Connector} was set aside as poison; processes that died while they worked on it: {Count}")]
    public static partial void PoisonEntry(this ILogger logger, string id, string connector, int count);

    [LoggerMessage(
        EventIds.QueuePartFailed, LogLevel.Error, "A part of the queue, {Part}, cannot be worked on and is tried again; the others go on")]
    private static partial void QueuePartFailed(ILogger logger, RedactedException exception, string part);

    public static void QueuePartFailed(this ILogger logger, Exception exception, string part) =>
        QueuePartFailed(logger, RedactedException.Of(exception), part);

    [LoggerMessage(EventIds.EntryLocked,
        LogLevel.Warning, "Queue file {Id} of {Connector} has been locked by another program for minutes; it waits until it is free")]
    public static partial void EntryLocked(this ILogger logger, string id, string connector);

    [LoggerMessage(EventIds.LoopFailed, LogLevel.Error, "{Loop} failed and goes on")]
    private static partial void LoopFailed(ILogger logger, RedactedException exception, string loop);

    public static void LoopFailed(this ILogger logger, Exception exception, string loop) =>
        LoopFailed(logger, RedactedException.Of(exception), loop);

    [LoggerMessage(EventIds.DeliveryOverdue, LogLevel.Error,
        "Connector {Connector} did not end the delivery of {Id} in {Timeout}; "
        + "the message is deferred, and the attempt keeps its place until it ends")]
    public static partial void DeliveryOverdue(this ILogger logger, string connector, string id, TimeSpan timeout);

    [LoggerMessage(
        EventIds.SenderReportFailed, LogLevel.Error, "The report about {Id} at {Connector} could not be made and is tried again")]
    private static partial void SenderReportFailed(ILogger logger, RedactedException exception, string id, string connector);

    public static void SenderReportFailed(this ILogger logger, Exception exception, string id, string connector) =>
        SenderReportFailed(logger, RedactedException.Of(exception), id, connector);

    [LoggerMessage(EventIds.ConnectorFailing,
        LogLevel.Warning, "Connector {Connector} deferred {Count} messages in a row; it gets one at a time until one goes through")]
    public static partial void ConnectorFailing(this ILogger logger, string connector, int count);

    [LoggerMessage(
        EventIds.ConnectorRecovered, LogLevel.Information, "Connector {Connector} took a message; the others that wait for it follow")]
    public static partial void ConnectorRecovered(this ILogger logger, string connector);

    [LoggerMessage(EventIds.Delivered, LogLevel.Information, "Delivered {Id} through {Connector}: {Count} recipients")]
    public static partial void Delivered(this ILogger logger, string id, string connector, int count);

    [LoggerMessage(EventIds.Deferred, LogLevel.Information, "Deferred {Id} at {Connector}: {Count} recipients, {Status} {Text}")]
    public static partial void Deferred(this ILogger logger, string id, string connector, int count, string status, string text);

    [LoggerMessage(EventIds.Failed, LogLevel.Warning, "Failed {Id} at {Connector}: {Count} recipients, {Status} {Text}")]
    public static partial void Failed(this ILogger logger, string id, string connector, int count, string status, string text);

    [LoggerMessage(EventIds.ConnectorThrew, LogLevel.Error, "Connector {Connector} threw while it delivered {Id}; the message is deferred")]
    private static partial void ConnectorThrew(ILogger logger, RedactedException exception, string connector, string id);

    public static void ConnectorThrew(this ILogger logger, Exception exception, string connector, string id) =>
        ConnectorThrew(logger, RedactedException.Of(exception), connector, id);

    [LoggerMessage(EventIds.QueueDeferred, LogLevel.Warning,
        "Connector {Connector} takes no messages now: {Response}; one is tried at a time until one goes through")]
    public static partial void QueueDeferred(this ILogger logger, string connector, string response);

    [LoggerMessage(EventIds.QueueVerdictFailed, LogLevel.Error,
        "Connector {Connector} takes no messages for good: {Response}; {Count} messages that were due have failed")]
    public static partial void QueueVerdictFailed(this ILogger logger, string connector, string response, int count);

    [LoggerMessage(EventIds.WrongVerdict, LogLevel.Error,
        "Connector {Connector} gave a verdict about its queue with a response of the wrong class: {Response}; the queue is deferred")]
    public static partial void WrongVerdict(this ILogger logger, string connector, string response);

    [LoggerMessage(EventIds.ConnectionNotOpened, LogLevel.Error, "Connector {Connector}: its agent threw instead of opening a connection")]
    private static partial void ConnectionNotOpened(ILogger logger, RedactedException exception, string connector);

    public static void ConnectionNotOpened(this ILogger logger, Exception exception, string connector) =>
        ConnectionNotOpened(logger, RedactedException.Of(exception), connector);

    [LoggerMessage(EventIds.ConnectionNotClosed, LogLevel.Warning, "Connector {Connector}: a connection could not be closed")]
    private static partial void ConnectionNotClosed(ILogger logger, RedactedException exception, string connector);

    public static void ConnectionNotClosed(this ILogger logger, Exception exception, string connector) =>
        ConnectionNotClosed(logger, RedactedException.Of(exception), connector);

    [LoggerMessage(EventIds.DropDirectoryUnavailable, LogLevel.Warning, "Connector {Connector}: {Reason}; messages are deferred")]
    private static partial void DropDirectoryUnavailable(ILogger logger, RedactedException? exception, string connector, string reason);

    public static void DropDirectoryUnavailable(this ILogger logger, Exception? exception, string connector, string reason) =>
        DropDirectoryUnavailable(logger, RedactedException.Of(exception), connector, reason);

    [LoggerMessage(EventIds.MessageUnreadable, LogLevel.Warning, "Connector {Connector}: message {Id} cannot be read; it is deferred")]
    private static partial void MessageUnreadable(ILogger logger, RedactedException? exception, string connector, string id);

    public static void MessageUnreadable(this ILogger logger, Exception? exception, string connector, string id) =>
        MessageUnreadable(logger, RedactedException.Of(exception), connector, id);

    [LoggerMessage(EventIds.DropNameTaken,
        LogLevel.Warning, "Connector {Connector}: something else in the Drop directory has the name {File}; the message gets another one")]
    public static partial void DropNameTaken(this ILogger logger, string connector, string file);

    [LoggerMessage(EventIds.DropNamesTaken, LogLevel.Warning,
        "Connector {Connector}: something else in the Drop directory has each name from {First} to {Last}; message {Id} is deferred")]
    public static partial void DropNamesTaken(this ILogger logger, string connector, string first, string last, string id);

    [LoggerMessage(EventIds.DropDirectoryAvailable, LogLevel.Information, "Connector {Connector}: the Drop directory takes messages again")]
    public static partial void DropDirectoryAvailable(this ILogger logger, string connector);

    [LoggerMessage(
        EventIds.ConnectorDisabledBySize, LogLevel.Warning, "Connector {Connector} is enabled, but its MaxMessageSize of 0 disables it")]
    public static partial void ConnectorDisabledBySize(this ILogger logger, string connector);

    [LoggerMessage(EventIds.Started, LogLevel.Information, "Started on {Server}: {Connectors} connectors")]
    public static partial void Started(this ILogger logger, string server, int connectors);

    [LoggerMessage(EventIds.UnknownKey, LogLevel.Warning, "Configuration key {Key} has no effect: nothing in this version reads it")]
    public static partial void UnknownKey(this ILogger logger, string key);

    [LoggerMessage(EventIds.Reloaded, LogLevel.Information, "A changed configuration is in force: {Connectors} connectors")]
    public static partial void Reloaded(this ILogger logger, int connectors);

    [LoggerMessage(EventIds.ReloadRefused, LogLevel.Error, "The changed configuration is wrong, the old one stays in force: {Error}")]
    public static partial void ReloadRefused(this ILogger logger, string error);

    [LoggerMessage(
        EventIds.RestartNeeded, LogLevel.Warning, "Configuration key {Key} was changed; that has no effect before the next start")]
    public static partial void RestartNeeded(this ILogger logger, string key);

    [LoggerMessage(EventIds.SharedDropDirectory, LogLevel.Warning,
        "{Keys} lead to one directory, {Path}: a gateway cannot tell the connectors apart; "
        + "give each its own DropDirectory if that is not meant")]
    public static partial void SharedDropDirectory(this ILogger logger, string keys, string path);

    [LoggerMessage(EventIds.ProtocolNotServed,
        LogLevel.Warning, "Connector {Connector} has the DeliveryProtocol {Protocol}, which nothing here serves; its messages wait")]
    public static partial void ProtocolNotServed(this ILogger logger, string connector, string protocol);

    [LoggerMessage(
        EventIds.ConnectorNotDisposed, LogLevel.Error, "A connector of the type {Type} is no longer used, and its disposal failed")]
    private static partial void ConnectorNotDisposed(ILogger logger, RedactedException exception, string type);

    public static void ConnectorNotDisposed(this ILogger logger, Exception exception, string type) =>
        ConnectorNotDisposed(logger, RedactedException.Of(exception), type);

    [LoggerMessage(EventIds.Defect, LogLevel.Critical, "{Part} ended by itself, which is a defect; the host stops")]
    private static partial void Defect(ILogger logger, RedactedException exception, string part);

    public static void Defect(this ILogger logger, Exception exception, string part) =>
        Defect(logger, RedactedException.Of(exception), part);

    [LoggerMessage(EventIds.TrailThrew, LogLevel.Error, "The trail {Trail} threw and missed an event; mail goes on")]
    private static partial void TrailThrew(ILogger logger, RedactedException exception, string trail);

    public static void TrailThrew(this ILogger logger, Exception exception, string trail) =>
        TrailThrew(logger, RedactedException.Of(exception), trail);

    [LoggerMessage(EventIds.TrackingLogUnavailable, LogLevel.Error, "The message tracking log in {Path} cannot be written; mail goes on")]
    private static partial void TrackingLogUnavailable(ILogger logger, RedactedException exception, string path);

    public static void TrackingLogUnavailable(this ILogger logger, Exception exception, string path) =>
        TrackingLogUnavailable(logger, RedactedException.Of(exception), path);

    [LoggerMessage(EventIds.TrackingLogAvailable, LogLevel.Information, "The message tracking log in {Path} is written again")]
    public static partial void TrackingLogAvailable(this ILogger logger, string path);

    [LoggerMessage(EventIds.TrackingLogDropped, LogLevel.Warning, "The message tracking log in {Path} misses {Count} events")]
    public static partial void TrackingLogDropped(this ILogger logger, string path, long count);

    [LoggerMessage(EventIds.TrackingLogDropping,
        LogLevel.Warning, "The message tracking log in {Path} cannot be written fast enough and drops events from here on")]
    public static partial void TrackingLogDropping(this ILogger logger, string path);

    [LoggerMessage(
        EventIds.ReportSent, LogLevel.Information, "{Kind} report about {Reference} is on its way as {Id}: {Recipients} recipients")]
    public static partial void ReportSent(this ILogger logger, SenderReportKind kind, string reference, string id, int recipients);

    [LoggerMessage(EventIds.ReportImpossible, LogLevel.Warning, "{Kind} report about {Reference} is impossible: {Reason}")]
    public static partial void ReportImpossible(this ILogger logger, SenderReportKind kind, string reference, string reason);

    [LoggerMessage(EventIds.ReportCopyFailed,
        LogLevel.Warning, "The copy of the {Kind} report about {Reference} does not reach the postmaster: {Reason}")]
    public static partial void ReportCopyFailed(this ILogger logger, SenderReportKind kind, string reference, string reason);
}
