using System.Globalization;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>The tables of a queue: creates them, and brings older ones up to date. Hosts may do so at the same time.</summary>
public static class PostgreSqlSchema
{
    /// <summary>The version that this package reads and writes.</summary>
    public const int Version = 1;

    /// <summary>Creates the schema or brings it up to date; does nothing when it is.</summary>
    /// <param name="dataSource">The database. The account needs the right to create, and owns what it creates.</param>
    /// <param name="schema">The name of the schema.</param>
    /// <param name="cancellationToken">Nothing is created when it ends the call.</param>
    /// <returns>True when something was created or changed.</returns>
    /// <exception cref="InvalidOperationException">A later version of this package made the schema.</exception>
    /// <exception cref="IOException">The database does not answer, or refuses.</exception>
    public static async Task<bool> CreateAsync(
        NpgsqlDataSource dataSource, string schema, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        Check(schema);
        try
        {
            var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofConnection = connection.ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var ofTransaction = transaction.ConfigureAwait(false);
            await RunAsync(connection, $"select pg_advisory_xact_lock(hashtextextended('{schema}', 17))", cancellationToken)
                .ConfigureAwait(false);
            var version = await FindVersionAsync(connection, schema, cancellationToken).ConfigureAwait(false);
            if (version == Version)
                return false;
            if (version > Version)
                throw new InvalidOperationException(TooNew(schema, version.Value));
            if (version is null)
                await RunAsync(connection, Create(schema), cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (DatabaseConnection.Explain(e) is var explained && explained != e)
        {
            throw explained;
        }
    }

    /// <summary>Throws unless the schema is there in this version.</summary>
    internal static async Task VerifyAsync(NpgsqlDataSource dataSource, string schema, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var ofConnection = connection.ConfigureAwait(false);
        var version = await FindVersionAsync(connection, schema, cancellationToken).ConfigureAwait(false);
        if (version is null)
        {
            throw new IOException(
                $"the database has no schema '{schema}' of the queue; create it with --queue create-schema, or set CreateSchema");
        }
        if (version != Version)
            throw new IOException(TooNew(schema, version.Value));
    }

    internal static void Check(string schema)
    {
        if (PostgreSqlQueueOptions.CheckSchema(schema) is { } problem)
            throw new ArgumentException(problem, nameof(schema));
    }

    private static string TooNew(string schema, int version) => string.Create(
        CultureInfo.InvariantCulture,
        $"the schema '{schema}' has version {version}, and this host knows version {Version}; update the host");

    private static async Task<int?> FindVersionAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, $"select to_regclass('{schema}.version')::text", cancellationToken).ConfigureAwait(false) is null
            or DBNull)
            return null;
        return (int?)await ScalarAsync(connection, $"select number from {schema}.version", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using var _ = command.ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    // Times are ticks of 100 ns since the year 1, as .NET counts them: a submission is named by them, and they must come back as they were.
    // Rows of entries change in place (HOT) while they are leased: no index holds a column of the lease.
    private static string Create(string s) => $"""
        create schema if not exists {s};
        create table {s}.version (number int not null);
        insert into {s}.version values ({Version});
        create sequence {s}.fence;
        create function {s}.ticks() returns bigint language sql volatile parallel safe as
            'select 621355968000000000 + (extract(epoch from clock_timestamp()) * 10000000)::bigint';
        create table {s}.host (
            instance bigint primary key,
            name text not null,
            started bigint not null,
            seen bigint not null);
        create table {s}.content (
            id bigint generated always as identity primary key,
            length bigint not null,
            refs int not null,
            octets bytea) with (fillfactor = 90);
        alter table {s}.content alter column octets set storage external;
        create table {s}.chunk (
            content bigint not null references {s}.content on delete cascade,
            place int not null,
            octets bytea not null,
            primary key (content, place));
        alter table {s}.chunk alter column octets set storage external;
        create table {s}.entry (
            id text collate "C" primary key,
            connector text not null,
            connector_key text collate "C" not null,
            submission uuid not null,
            accepted bigint not null,
            mark bigint not null,
            envelope bytea not null,
            content bigint not null,
            content_length bigint not null,
            state bytea not null,
            leasable boolean not null,
            reported boolean not null,
            crashes int not null,
            waits boolean not null,
            apart boolean not null,
            suspect boolean not null default false,
            deaths int not null default 0,
            to_be_judged boolean not null default false,
            set_aside smallint,
            reason text,
            due bigint not null,
            aged_from bigint not null,
            tried_by bigint,
            lease bigint not null default 0,
            lease_host bigint,
            lease_until bigint,
            lease_begun bigint,
            lease_alone boolean not null default false) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
            autovacuum_vacuum_insert_scale_factor = 0.1);
        create unique index entry_submission on {s}.entry (submission, mark);
        create index entry_due on {s}.entry (connector_key, apart, due, accepted, id) where waits;
        create index entry_age on {s}.entry (connector_key, apart, reported, accepted) where waits;
        create index entry_tried on {s}.entry (connector_key, tried_by, reported, accepted)
            where waits and not apart and tried_by is not null;
        create index entry_judged on {s}.entry (id) where to_be_judged;
        create table {s}.notice (
            id bigint generated always as identity primary key,
            connector text not null,
            retry boolean not null,
            at bigint not null);
        """;
}
