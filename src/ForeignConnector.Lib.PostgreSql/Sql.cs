using Npgsql;
using NpgsqlTypes;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>The statements of one schema. Everything that varies is a parameter; the name of the schema was checked.</summary>
internal sealed class Sql
{
    private const string Columns =
        "e.id, e.connector, e.submission, e.accepted, e.envelope, e.state, e.content, e.content_length, e.set_aside, e.reason, e.due, "
        + "e.aged_from, e.tried_by, e.apart, e.waits, e.lease, e.reported";

    /// <summary>Where the column <c>lease</c> stands among those of an entry.</summary>
    public const int LeaseColumn = 15;

    /// <summary>Columns of an entry; what a statement adds comes after them.</summary>
    public const int ColumnCount = 17;

    private readonly string _schema;

    public Sql(string schema)
    {
        PostgreSqlSchema.Check(schema);
        _schema = schema;
        Channel = "fc_" + schema;
        const string due = "e.connector_key = $3 and e.waits and e.apart = $8 and e.due <= $9";
        LeaseDue = Lease(due, "e.due, e.accepted, e.id");
        LeaseOld = Lease(
            "e.connector_key = $3 and e.waits and not e.apart and e.accepted <= $8 and e.aged_from <= $9 "
            + "and (not $10 or not e.reported) and (not $11 or e.tried_by = $2) and (not $12 or e.tried_by is distinct from $2)",
            "e.accepted, e.id");
        LeaseBeside = Lease(
            "e.submission = $8 and e.accepted = $9 and e.id <> $10 and e.waits and not e.apart and $3 = $3", "e.accepted, e.id");
        LeaseChosen = Lease("e.id = $8 and e.waits and not e.apart and $3 = $3", "e.id");
        LeaseForOperator = Lease("e.id = $8 and $3 = $3", "e.id");
        Stats = $"""
            with c as materialized (select {Clock} as t)
            select c.t, (select connector from {schema}.entry where connector_key = $3 and waits limit 1),
              {Least("due", "not apart", "due")}, {Least("due", "apart", "due")},
              {Oldest("not apart and not reported")}, {Oldest("not apart and reported")},
              {Oldest("not apart and tried_by = $2 and not reported")}, {Oldest("not apart and tried_by = $2 and reported")},
              {Oldest("apart and not reported")}, {Oldest("apart and reported")}
            from c
            """;
    }

    public string Channel { get; }

    public string LeaseDue { get; }

    public string LeaseOld { get; }

    public string LeaseBeside { get; }

    public string LeaseChosen { get; }

    public string LeaseForOperator { get; }

    /// <summary>$1 clock, $2 instance, $3 connector.</summary>
    public string Stats { get; }

    /// <summary>$1 clock.</summary>
    public string Now => $"select {Clock}";

    /// <summary>The connectors for which something waits, without reading what waits.</summary>
    public string Connectors => $"""
        with recursive k as (
          (select connector_key from {_schema}.entry where waits order by connector_key limit 1)
          union all
          select (select e.connector_key from {_schema}.entry e where e.waits and e.connector_key > k.connector_key
            order by e.connector_key limit 1)
          from k where k.connector_key is not null)
        select connector_key from k where connector_key is not null
        """;

    /// <summary>$1 clock.</summary>
    public string Counts => $"""
        with c as materialized (select {Clock} as t)
        select connector_key, min(connector), count(*) filter (where waits and (lease_until is null or lease_until <= (select t from c))),
          count(*)
        from {_schema}.entry where set_aside is null group by connector_key
        """;

    /// <summary>$1 the latest that counts.</summary>
    public string Latest => $"""
        select max(m.accepted) from (select distinct connector_key k from {_schema}.entry) k
        cross join lateral (select e.accepted from {_schema}.entry e where e.connector_key = k.k and e.accepted <= $1
          order by e.accepted desc limit 1) m
        """;

    /// <summary>
    /// Stores entries of one message whose octets are a parameter. $1 clock, $2 submission, $3 accepted, $4 length, $5 octets, $6 age,
    /// $7 due, $8 instance, $9 channel or null, $10 content that is there already or null; then arrays.
    /// </summary>
    public string Add => $"""
        with c as materialized (select {Clock} as t),
        fresh as materialized (
          select f.* from unnest($11::text[], $12::text[], $13::text[], $14::bigint[], $15::bytea[], $16::bytea[], $17::boolean[],
            $18::boolean[], $19::int[], $20::boolean[])
            as f(id, connector, connector_key, mark, envelope, state, leasable, reported, crashes, tried)
          where not exists (select from {_schema}.entry e where e.submission = $2 and e.mark = f.mark)),
        new as (
          insert into {_schema}.content (length, refs, octets)
          select $4, (select count(*) from fresh), $5 where $10::bigint is null and exists (select from fresh) returning id),
        body as (select id from new union all select $10::bigint where $10::bigint is not null),
        shared as (
          update {_schema}.content set refs = refs + (select count(*) from fresh)
          where id = $10::bigint and exists (select from fresh) returning id),
        stored as (
          insert into {_schema}.entry (id, connector, connector_key, submission, accepted, mark, envelope, content, content_length, state,
            leasable, reported, crashes, waits, apart, due, aged_from, tried_by)
          select f.id, f.connector, f.connector_key, $2, $3, f.mark, f.envelope, body.id, $4, f.state,
            f.leasable, f.reported, f.crashes, f.leasable, f.crashes > 0, $7, c.t - $6, case when f.tried then $8::bigint end
          from fresh f, body, c returning connector, aged_from)
        select connector, aged_from, case when $9::text is null then null else pg_notify($9, $8::text || '|0|' || connector)::text end
        from stored
        """;

    /// <summary>$1 length.</summary>
    public string AddContent => $"insert into {_schema}.content (length, refs) values ($1, 0) returning id";

    /// <summary>$1 content, $2 place, $3 octets.</summary>
    public string AddChunk => $"insert into {_schema}.chunk (content, place, octets) values ($1, $2, $3)";

    /// <summary>$1 content, $2 place.</summary>
    public string ReadChunk => $"select octets from {_schema}.chunk where content = $1 and place = $2";

    /// <summary>$1 submission, $2 marks: those that are not there.</summary>
    public string FindMarks => $"select mark from {_schema}.entry where submission = $1 and mark = any($2)";

    /// <summary>$1 submission.</summary>
    public string FindSubmission =>
        $"select accepted, envelope, state, id, mark from {_schema}.entry where submission = $1 and set_aside is null "
        + "order by accepted, id";

    public string List => $"select {Columns} from {_schema}.entry e where ($1::text is null or e.connector_key = $1) "
        + "order by e.connector_key, e.accepted, e.id";

    /// <summary>
    /// What a question may choose, a page at a time: $1 clock, $2 connector, $3 accepted, $4 id of the last, $5 how many.
    /// </summary>
    public string Page => $"""
        with c as materialized (select {Clock} as t)
        select {Columns} from {_schema}.entry e
        where e.connector_key = $2 and e.waits and not e.apart and (e.lease_until is null or e.lease_until <= (select t from c))
          and (e.accepted, e.id) > ($3, $4)
        order by e.accepted, e.id limit $5
        """;

    /// <summary>$1 id.</summary>
    public string Find => $"select {Columns} from {_schema}.entry e where e.id = $1";

    private string Mine => "where id = $2 and lease = $3 and lease_until > coalesce($1::bigint, " + _schema + ".ticks())";

    /// <summary>$1 clock, $2 id, $3 lease: as all that follow. $4 lease time.</summary>
    public string Renew => $"update {_schema}.entry set lease_until = {Clock} + $4 {Mine} returning 1";

    /// <summary>$4 state, $5 leasable, $6 reported, $7 crashes.</summary>
    public string Save =>
        $"update {_schema}.entry set state = $4, leasable = $5, reported = $6, crashes = $7, waits = set_aside is null and $5, "
        + $"apart = suspect or $7 > 0 {Mine} returning 1";

    /// <summary>$4 kind, $5 reason.</summary>
    public string SetAside => $"update {_schema}.entry set set_aside = $4, reason = $5, waits = false {Mine} returning 1";

    /// <summary>$4 due or null, $5 whether tried is told, $6 who tried it, $7 suspect.</summary>
    public string Release => $"""
        update {_schema}.entry set lease_until = null, lease_host = null, lease_alone = false, due = coalesce($4::bigint, due),
          tried_by = case when $5 then $6::bigint else tried_by end, suspect = $7, apart = $7 or crashes > 0,
          deaths = case when $7 then deaths else 0 end
        {Mine} returning waits, apart, due
        """;

    /// <summary>Removes an entry that shares its content with none: $4 content.</summary>
    public string RemoveSole => $"""
        with gone as (delete from {_schema}.entry {Mine} returning 1),
        body as (delete from {_schema}.content where id = $4 and exists (select from gone))
        select 1 from gone
        """;

    /// <summary>Removes an entry; its content goes with the last one. $4 content.</summary>
    public string RemoveShared => $"""
        with gone as (delete from {_schema}.entry {Mine} returning 1),
        body as (update {_schema}.content set refs = refs - 1 where id = $4 and exists (select from gone))
        select 1 from gone
        """;

    /// <summary>$1 content.</summary>
    public string RemoveUnused => $"delete from {_schema}.content where id = $1 and refs <= 0 returning 1";

    /// <summary>$1 clock, $2 id, $3 lease.</summary>
    public string Lock => $"select content, (select refs from {_schema}.content where id = content) from {_schema}.entry {Mine} for update";

    public string LockSubmission => $"select pg_advisory_xact_lock(hashtextextended('{_schema}' || $1::text, 18))";

    /// <summary>$1 ids.</summary>
    public string NotAlone =>
        $"with u as (update {_schema}.entry set lease_alone = false where id = any($1) and lease_alone returning 1) select count(*) from u";

    /// <summary>$1 id.</summary>
    public string FindSetAside => $"select state from {_schema}.entry where id = $1 and set_aside is not null for update";

    /// <summary>$1 id, $2 state, $3 leasable, $4 reported, $5 crashes, $6 due.</summary>
    public string PutBack => $"""
        update {_schema}.entry set set_aside = null, reason = null, suspect = false, deaths = 0, to_be_judged = false, tried_by = null,
          state = $2, leasable = $3, reported = $4, crashes = $5, waits = $3, apart = $5 > 0, due = $6
        where id = $1 returning connector
        """;

    /// <summary>$1 id, $2 due, $3 retry, $4 instance, $5 clock, $6 channel.</summary>
    public string Notify => $"""
        with e as (update {_schema}.entry set due = $2 where id = $1 returning connector),
        n as (insert into {_schema}.notice (connector, retry, at) select connector, $3, coalesce($5::bigint, {_schema}.ticks()) from e)
        select connector, pg_notify($6, $4::text || '|1|' || connector)::text from e
        """;

    /// <summary>$1 the last that is known.</summary>
    public string Notices => $"select id, connector, retry from {_schema}.notice where id > $1 order by id";

    public string LastNotice => $"select coalesce(max(id), 0) from {_schema}.notice";

    /// <summary>$1 what is older than that.</summary>
    public string ForgetNotices => $"delete from {_schema}.notice where at < $1";

    /// <summary>$1 connectors, $2 latest.</summary>
    public string LimitDue =>
        $"update {_schema}.entry set due = $2 where connector_key = any($1) and apart = any(array[false, true]) and waits and due > $2";

    public string NextNumber => $"select nextval('{_schema}.fence')";

    /// <summary>$1 instance: holds for the connection.</summary>
    public string ShowLife => $"select pg_advisory_lock(hashtext('{_schema}'), $1::int)::text";

    /// <summary>$1 instance: true when nobody holds it.</summary>
    public string IsGone => $"select pg_try_advisory_lock(hashtext('{_schema}'), $1::int)";

    /// <summary>$1 clock, $2 instance, $3 name.</summary>
    public string Heartbeat => $"""
        insert into {_schema}.host (instance, name, started, seen) select $2, $3, c.t, c.t from (select {Clock} as t) c
        on conflict (instance) do update set seen = excluded.seen returning seen
        """;

    public string Hosts => $"select instance, name, seen from {_schema}.host";

    /// <summary>$1 instance.</summary>
    public string ForgetHost => $"delete from {_schema}.host where instance = $1";

    /// <summary>$1 instances that died, $2 how long a lease counts against its entry, $3 when suspects are due.</summary>
    public string Reap => $"""
        with dead as (
          update {_schema}.entry e set suspect = true, apart = true, deaths = e.deaths + 1,
            to_be_judged = e.to_be_judged or (e.lease_alone and e.set_aside is null and h.seen - e.lease_begun < $2),
            due = case when e.deaths > 0 or (e.lease_alone and h.seen - e.lease_begun < $2) then $3 else e.due end,
            lease = nextval('{_schema}.fence'), lease_host = null, lease_until = null, lease_alone = false
          from {_schema}.host h where h.instance = any($1) and e.lease_host = h.instance returning e.connector),
        gone as (delete from {_schema}.host where instance = any($1))
        select distinct connector from dead
        """;

    /// <summary>What waits is due at once: $1 now.</summary>
    public string StartCold => $"update {_schema}.entry set due = least(accepted, $1) where set_aside is null and due > $1";

    public string FindJudged =>
        $"select id, connector, submission, accepted, state from {_schema}.entry where to_be_judged order by id limit 1 "
        + "for update skip locked";

    /// <summary>$1 id, $2 state, $3 leasable, $4 reported, $5 crashes.</summary>
    public string Judge =>
        $"update {_schema}.entry set to_be_judged = false, state = $2, leasable = $3, reported = $4, crashes = $5, "
        + "waits = set_aside is null and $3, apart = suspect or $5 > 0 where id = $1";

    /// <summary>$1 id, $2 kind, $3 reason.</summary>
    public string SetAsideJudged =>
        $"update {_schema}.entry set to_be_judged = false, set_aside = $2, reason = $3, waits = false where id = $1";

    private string Clock => $"coalesce($1::bigint, {_schema}.ticks())";

    public static NpgsqlBatchCommand Command(string text, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    public static NpgsqlParameter Value(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Value(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Value(short value) => new NpgsqlParameter<short> { TypedValue = value };

    public static NpgsqlParameter Value(bool value) => new NpgsqlParameter<bool> { TypedValue = value };

    public static NpgsqlParameter Value(Guid value) => new NpgsqlParameter<Guid> { TypedValue = value };

    public static NpgsqlParameter Value(long? value) =>
        new() { Value = value is { } number ? number : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Value(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Value(byte[]? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Value(ReadOnlyMemory<byte> value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Values<T>(IEnumerable<T> values) => new NpgsqlParameter<T[]> { TypedValue = [.. values] };

    // $1 clock, $2 instance, $3 connector, $4 only leases before this number, $5 how many, $6 lease time, $7 alone.
    private string Lease(string which, string order) => $"""
        with c as materialized (select {Clock} as t, nextval('{_schema}.fence') as n),
        chosen as materialized (
          select e.id from {_schema}.entry e
          where {which} and e.lease < $4
            and (e.lease_until is null or (e.lease_until <= (select t from c) and not exists (
              select from {_schema}.host h
              where h.instance = e.lease_host and h.instance <> $2 and h.seen < (select t from c) - $6 / 2)))
          order by {order} limit $5 for update of e skip locked)
        update {_schema}.entry e set lease = (select n from c), lease_host = $2, lease_until = (select t from c) + $6,
          lease_begun = (select t from c), lease_alone = $7 and e.apart
        from chosen where e.id = chosen.id
        returning {Columns}, (select b.octets from {_schema}.content b where b.id = e.content),
          (select b.refs from {_schema}.content b where b.id = e.content), (select t from c)
        """;

    private string Least(string column, string which, string order) =>
        $"(select {column} from {_schema}.entry where connector_key = $3 and waits and {which} "
        + $"and (lease_until is null or lease_until <= c.t) order by {order} limit 1)";

    private string Oldest(string which) => Least("array[accepted, aged_from]", which, "accepted");
}
