using System.Text.RegularExpressions;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>How hosts share a queue in PostgreSQL (SQ): the section <c>Queue</c> with the provider <c>PostgreSql</c>.</summary>
public sealed partial class PostgreSqlQueueOptions
{
    /// <summary>The provider that this package brings.</summary>
    public const string ProviderName = "PostgreSql";

    /// <summary>The provider that needs no package: files of this machine.</summary>
    public const string DirectoryProvider = "Directory";

    /// <summary>The keys of the section.</summary>
    public static ConfigurationTable<PostgreSqlQueueOptions> Keys { get; } = new ConfigurationTable<PostgreSqlQueueOptions>()
        .Text(nameof(Provider), options => options.Provider, (options, value) => options.Provider = value)
        .Text(nameof(ConnectionString), options => options.ConnectionString, (options, value) => options.ConnectionString = value)
        .Text(
            nameof(ConnectionStringFile), options => options.ConnectionStringFile, (options, value) => options.ConnectionStringFile = value)
        .Text(nameof(Schema), options => options.Schema, (options, value) => options.Schema = value, check: CheckSchema)
        .Flag(nameof(CreateSchema), options => options.CreateSchema, (options, value) => options.CreateSchema = value)
        .Text(nameof(HostName), options => options.HostName, (options, value) => options.HostName = value)
        .Time(
            nameof(LeaseTime), options => options.LeaseTime, (options, value) => options.LeaseTime = value,
            least: "00:00:01", most: "1.00:00:00")
        .Time(
            nameof(PollingInterval), options => options.PollingInterval, (options, value) => options.PollingInterval = value,
            least: "00:00:00.1", most: "00:05:00")
        .Time(
            nameof(SuspectDelay), options => options.SuspectDelay, (options, value) => options.SuspectDelay = value,
            least: "00:00:00", most: "1.00:00:00");

    /// <summary><c>Directory</c> or <c>PostgreSql</c>; compared without case.</summary>
    /// <value>Default <c>Directory</c>.</value>
    public string Provider { get; set; } = DirectoryProvider;

    /// <summary>How the database is reached, as Npgsql reads it. A password is better kept in a file.</summary>
    /// <value>Default null.</value>
    public string? ConnectionString { get; set; }

    /// <summary>A file that holds the connection string; relative to the content root.</summary>
    /// <value>Default null.</value>
    public string? ConnectionStringFile { get; set; }

    /// <summary>The schema that holds the tables: lower-case letters, digits and <c>_</c>, at most 40 characters.</summary>
    /// <value>Default <c>foreignconnector</c>.</value>
    public string Schema { get; set; } = "foreignconnector";

    /// <summary>Creates the schema, or brings it up to date, when the store is used for the first time.</summary>
    /// <value>Default false: it is created on request.</value>
    public bool CreateSchema { get; set; }

    /// <summary>
    /// What this host is called among those that share the queue. A process that starts under the name of one that died takes what that one
    /// had in hand at once, without waiting for its leases to run out.
    /// </summary>
    /// <value>Default null: the name of the server.</value>
    public string? HostName { get; set; }

    /// <summary>How long a lease lasts unless it is renewed; it is renewed when half of it has passed.</summary>
    /// <value>Default 2 minutes; 1 second to 1 day.</value>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a host looks at the database without being told, and shows that it lives.</summary>
    /// <value>Default 5 seconds; 0.1 seconds to 5 minutes, and at most a quarter of the lease time.</value>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process must have run before its death counts against the one entry that it works on (ND-4).</summary>
    /// <value>Default 1 minute.</value>
    public TimeSpan SuspectDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with the settings as a whole; each text begins with a key.</summary>
    public static IEnumerable<string> Problems(PostgreSqlQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Provider.Equals(DirectoryProvider, StringComparison.OrdinalIgnoreCase))
            yield break;
        if (!options.IsChosen)
            yield return $"{nameof(Provider)}: '{options.Provider}' must be {DirectoryProvider} or {ProviderName}";
        else if (string.IsNullOrWhiteSpace(options.ConnectionString) == string.IsNullOrWhiteSpace(options.ConnectionStringFile))
            yield return $"{nameof(ConnectionString)}: give either {nameof(ConnectionString)} or {nameof(ConnectionStringFile)}";
        else if (options.ConnectionString is { Length: > 0 } text && DatabaseConnection.ProblemOf(text) is { } problem)
            yield return $"{nameof(ConnectionString)}: {problem}";
        if (options.PollingInterval > options.LeaseTime / 4)
            yield return $"{nameof(PollingInterval)}: must be at most a quarter of {nameof(LeaseTime)}";
    }

    /// <summary>True when the queue is in PostgreSQL.</summary>
    public bool IsChosen => Provider.Equals(ProviderName, StringComparison.OrdinalIgnoreCase);

    internal static string? CheckSchema(string name) =>
        SchemaName().IsMatch(name) ? null : "must be lower-case letters, digits and '_', and begin with a letter, at most 40 characters";

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex SchemaName();
}
