using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>The events of this package: ids and counts.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "The queue waits for its database: {Reason}")]
    public static partial void DatabaseAway(this ILogger logger, string reason);

    [LoggerMessage(5002, LogLevel.Information, "The database of the queue answers again")]
    public static partial void DatabaseBack(this ILogger logger);

    [LoggerMessage(5003, LogLevel.Warning, "{Count} hosts that shared the queue are gone; what they had in hand waits again, apart")]
    public static partial void HostsGone(this ILogger logger, int count);
}
