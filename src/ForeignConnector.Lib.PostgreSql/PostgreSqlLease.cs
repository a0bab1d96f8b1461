using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>
/// A row that this host holds for a time. Whatever it writes has an effect only while the row bears the number of the lease.
/// </summary>
internal sealed class PostgreSqlLease : IQueueLease
{
    private readonly PostgreSqlQueueStore _store;
    private readonly EntryRow _row;
    private readonly bool _wasTried;
    private bool _isSole;
    private bool _isReported;
    private bool _isGone;
    private int _hasEnded;

    public PostgreSqlLease(
        PostgreSqlQueueStore store, EntryRow row, MessageContent content, bool isSole, DateTimeOffset countsFrom, DateTimeOffset expiresAt,
        bool isTried)
    {
        (_store, _row, _isSole, _isReported) = (store, row, isSole, row.IsReported);
        (Content, CountsFrom, ExpiresAt) = (content, countsFrom, expiresAt);
        Due = new DateTimeOffset(row.Due, TimeSpan.Zero);
        (IsTried, IsSuspect, _wasTried) = (isTried, row.IsApart, isTried);
    }

    public EntrySnapshot Entry => _row.Snapshot;

    public MessageContent Content { get; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset CountsFrom { get; }

    public DateTimeOffset Due { get; set; }

    public bool IsTried { get; set; }

    public bool IsSuspect { get; set; }

    /// <summary>The number that fences it.</summary>
    public long Number => _row.Lease;

    /// <summary>True for an entry that is out of the count: it is gone, or was set aside.</summary>
    internal bool IsUncounted { get; set; }

    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = _store.Time.GetUtcNow();
        await SettleAsync(_store.Sql.Renew, () => [Sql.Value(_store.Options.LeaseTime.Ticks)]).ConfigureAwait(false);
        ExpiresAt = asked + _store.Options.LeaseTime;
    }

    public async ValueTask SaveAsync(DeliveryState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        cancellationToken.ThrowIfCancellationRequested();
        var (json, crashes) = (state.Write(), state.Crashes);
        await SettleAsync(
            _store.Sql.Save,
            () => [Sql.Value(json), Sql.Value(state.IsLeasable), Sql.Value(state.DelayReported), Sql.Value(crashes)])
            .ConfigureAwait(false);
        Saved(state);
    }

    public async ValueTask<ImmutableArray<EnvelopeRecipient>> MoveAsync(
        IReadOnlyList<QueueEntry> entries, Func<ImmutableArray<EnvelopeRecipient>, DeliveryState> after,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(after);
        ThrowIfEnded();
        var (moved, state) = await _store.MoveAsync(this, _row, entries, after, cancellationToken).ConfigureAwait(false);
        if (state is not null)
            Saved(state);
        return moved;
    }

    public async ValueTask RemoveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isSole)
        {
            await SettleAsync(_store.Sql.RemoveSole, () => [Sql.Value(_row.Content)]).ConfigureAwait(false);
        }
        else
        {
            await SettleAsync(_store.Sql.RemoveShared, () => [Sql.Value(_row.Content)]).ConfigureAwait(false);
            await _store.RemoveUnusedAsync(_row.Content).ConfigureAwait(false);
        }
        _isGone = true;
        Uncount();
    }

    public async ValueTask SetAsideAsync(SetAsideKind kind, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // A text of PostgreSQL holds no NUL.
        var text = reason.Replace("\0", "", StringComparison.Ordinal);
        await SettleAsync(_store.Sql.SetAside, () => [Sql.Value((short)kind), Sql.Value(text)]).ConfigureAwait(false);
        Uncount();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 1)
            return;
        _store.End(this);
        Content.Dispose();
        if (!_isGone)
            await _store.ReleaseAsync(new Release(this)).ConfigureAwait(false);
    }

    /// <summary>Another entry shares the content from now on.</summary>
    internal void Share() => _isSole = false;

    private void Saved(DeliveryState state)
    {
        // It waited for somebody and is tried once more before it may be given up (ND-8).
        if (_row.Snapshot.State.Held && !state.Held)
            IsTried = Entry.Connector.Length == 0;
        _isReported = state.DelayReported;
    }

    private void Uncount()
    {
        if (!IsUncounted && _row.Snapshot.SetAside is null)
            _store.Backlogs.Ended();
        IsUncounted = true;
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded == 1 || _isGone)
            throw new LeaseLostException();
    }

    private async Task SettleAsync(string text, Func<NpgsqlParameter[]> parameters)
    {
        ThrowIfEnded();
        var isMine = await _store.Settlements.RunAsync(
            text, () => [.. Identity(), .. parameters()], reader => reader.ReadAsync()).ConfigureAwait(false);
        if (!isMine)
            throw new LeaseLostException();
    }

    private NpgsqlParameter[] Identity() => [_store.Clock(), Sql.Value(Entry.Id), Sql.Value(Number)];

    /// <summary>What is left to write when a lease has ended; tried again until the lease has run out.</summary>
    internal sealed class Release(PostgreSqlLease lease)
    {
        private readonly DateTimeOffset _due = lease.Due;
        private readonly bool _isTried = lease.IsTried;
        private readonly bool _isSuspect = lease.IsSuspect;

        public DateTimeOffset ExpiresAt => lease.ExpiresAt;

        /// <summary>Gives the row back; nothing happens when somebody else has it.</summary>
        public async Task RunAsync()
        {
            var (store, row) = (lease._store, lease._row);
            var isDueChanged = _due.UtcTicks != row.Due;
            var known = await store.Settlements.RunAsync<(bool Waits, bool IsApart, long Due)?>(
                store.Sql.Release,
                () =>
                [
                    .. lease.Identity(), Sql.Value(isDueChanged ? _due.UtcTicks : null), Sql.Value(_isTried != lease._wasTried),
                    Sql.Value(_isTried ? store.Instance : (long?)null), Sql.Value(_isSuspect),
                ],
                async reader => await reader.ReadAsync().ConfigureAwait(false)
                    ? (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetInt64(2)) : null).ConfigureAwait(false);
            if (known is not { Waits: true } back)
                return;
            var age = new Backlogs.Age(row.Snapshot.Submission.AcceptedAt.UtcTicks, row.AgedFrom);
            store.Backlogs.Returned(
                EntryRow.Key(row.Snapshot.Connector), row.Snapshot.Connector,
                Backlogs.Least.Of(back.Due, age, back.IsApart, _isTried, lease._isReported));
        }
    }
}
