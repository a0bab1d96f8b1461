using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp;

/// <summary>What the package logs: names of connectors, hosts and files, counts and ids; no addresses, no content, no secrets (TR-3).</summary>
internal static partial class SmtpLog
{
    [LoggerMessage(7001, LogLevel.Warning, "Connectors:{Connector}:Smtp:Password: a password stands in the configuration; use PasswordFile")]
    public static partial void PasswordInConfiguration(this ILogger logger, string connector);

    [LoggerMessage(7002, LogLevel.Warning, "{Connector}: no connection to {Host}: {Reason} ({Cause})")]
    public static partial void ConnectionRefused(this ILogger logger, string connector, string host, string reason, string? cause);

    [LoggerMessage(7003, LogLevel.Error, "{Connector}: {Key} cannot be read: {Path}")]
    public static partial void FileUnreadable(this ILogger logger, Exception exception, string connector, string key, string path);
}
