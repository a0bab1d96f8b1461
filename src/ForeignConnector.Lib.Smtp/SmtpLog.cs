using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp;

/// <summary>
/// What the package logs: names of connectors, hosts and files, counts and ids; no addresses, no content, no secrets (TR-3).
/// </summary>
internal static partial class SmtpLog
{
    [LoggerMessage(
        7001, LogLevel.Warning, "Connectors:{Connector}:Smtp:Password: a password stands in the configuration; use PasswordFile")]
    public static partial void PasswordInConfiguration(this ILogger logger, string connector);

    [LoggerMessage(7002, LogLevel.Warning, "{Connector}: no connection to {Host}: {Reason} ({Cause})")]
    public static partial void ConnectionRefused(this ILogger logger, string connector, string host, string reason, string? cause);

    [LoggerMessage(7003, LogLevel.Error, "{Connector}: {Key} cannot be read: {Path}")]
    public static partial void FileUnreadable(this ILogger logger, Exception exception, string connector, string key, string path);

    [LoggerMessage(7010, LogLevel.Information, "SMTP is taken in on {Endpoints}")]
    public static partial void Listening(this ILogger logger, string endpoints);

    [LoggerMessage(7011, LogLevel.Warning, "A connection from {Client} was refused: no network of SmtpIntake:AllowedNetworks has it")]
    public static partial void NotAllowed(this ILogger logger, string client);

    [LoggerMessage(7012, LogLevel.Information, "The session of {Client} ended in the middle: {Reason}")]
    public static partial void SessionLost(this ILogger logger, string client, string reason);

    [LoggerMessage(7013, LogLevel.Error, "A session failed: {Reason}")]
    public static partial void SessionFailed(this ILogger logger, string reason);

    [LoggerMessage(7014, LogLevel.Error, "A message could not be taken in, and its client was told to try again: {Reason}")]
    public static partial void NotStored(this ILogger logger, string reason);

    [LoggerMessage(7015, LogLevel.Warning, "Files that an earlier process left beside the queue could not be deleted: {Reason}")]
    public static partial void NotSwept(this ILogger logger, string reason);

    [LoggerMessage(7016, LogLevel.Error, "A connection could not be taken: {Reason}")]
    public static partial void NotAccepted(this ILogger logger, string reason);
}
