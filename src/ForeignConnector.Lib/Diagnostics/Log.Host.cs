using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics;

// Events of the host, the record and the reports: 4xxx to 6xxx.
internal static partial class Log
{
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

    [LoggerMessage(EventIds.TrackingLogUnavailable, LogLevel.Error, "The {Log} in {Path} cannot be written; mail goes on")]
    private static partial void TrackingLogUnavailable(ILogger logger, RedactedException exception, string log, string path);

    public static void TrackingLogUnavailable(this ILogger logger, Exception exception, string log, string path) =>
        TrackingLogUnavailable(logger, RedactedException.Of(exception), log, path);

    [LoggerMessage(EventIds.TrackingLogAvailable, LogLevel.Information, "The {Log} in {Path} is written again")]
    public static partial void TrackingLogAvailable(this ILogger logger, string log, string path);

    [LoggerMessage(EventIds.TrackingLogDropped, LogLevel.Warning, "The {Log} in {Path} misses {Count} events")]
    public static partial void TrackingLogDropped(this ILogger logger, string log, string path, long count);

    [LoggerMessage(EventIds.TrackingLogDropping,
        LogLevel.Warning, "The {Log} in {Path} cannot be written fast enough and drops events from here on")]
    public static partial void TrackingLogDropping(this ILogger logger, string log, string path);

    [LoggerMessage(
        EventIds.ReportSent, LogLevel.Information, "{Kind} report about {Reference} is on its way as {Id}: {Recipients} recipients")]
    public static partial void ReportSent(this ILogger logger, SenderReportKind kind, string reference, string id, int recipients);

    [LoggerMessage(EventIds.ReportImpossible, LogLevel.Warning, "{Kind} report about {Reference} is impossible: {Reason}")]
    public static partial void ReportImpossible(this ILogger logger, SenderReportKind kind, string reference, string reason);

    [LoggerMessage(EventIds.ReportCopyFailed,
        LogLevel.Warning, "The copy of the {Kind} report about {Reference} does not reach the postmaster: {Reason}")]
    public static partial void ReportCopyFailed(this ILogger logger, SenderReportKind kind, string reference, string reason);
}
