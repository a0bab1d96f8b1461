using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>Makes data sources, and says in one sentence why a database does not answer.</summary>
internal static class DatabaseConnection
{
    private const int PreparedStatements = 100;
    private const string AutoPrepare = "Max Auto Prepare";

    public static NpgsqlDataSource Create(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        // Statements are prepared by themselves, unless the string says otherwise, as it must behind a pooler of transactions.
        if (!builder.ContainsKey(AutoPrepare) || !connectionString.Contains("prepare", StringComparison.OrdinalIgnoreCase))
        {
            builder.MaxAutoPrepare = PreparedStatements;
            builder.AutoPrepareMinUsages = 2;
        }
        builder.ApplicationName ??= "ForeignConnector.Lib";
        return NpgsqlDataSource.Create(builder);
    }

    public static string? ProblemOf(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) is { Host: null or "" } ? "must name a Host" : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The text of the exception may quote a password.
            return "is not a connection string of Npgsql";
        }
    }

    /// <summary>
    /// What the caller gets in place of an exception of the database. It names the cause, and
    /// never quotes a row, a parameter or a password.
    /// </summary>
    public static Exception Explain(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } postgres =>
            new IOException(
                "the schema of the queue is not in the database; create it with --queue create-schema, or set CreateSchema", postgres),
        PostgresException postgres => new IOException($"the database of the queue refuses: {postgres.SqlState} {postgres.MessageText}", e),
        NpgsqlException or System.Net.Sockets.SocketException or TimeoutException =>
            new IOException($"the database of the queue does not answer: {e.Message}", e),
        _ => e,
    };

    /// <summary>True when the database may answer again without anybody doing something about the configuration.</summary>
    public static bool IsOutage(Exception? e) => e switch
    {
        null => false,
        PostgresException postgres => postgres.SqlState is "53300" or "53100" or "57P01" or "57P02" or "57P03" or "25006"
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException or System.Net.Sockets.SocketException or TimeoutException => true,
        IOException => IsOutage(e.InnerException),
        _ => false,
    };
}
