using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// An entry of the queue that somebody has leased, with what its state means. Disposing gives it back. A lease with an end is renewed
/// meanwhile.
/// </summary>
internal sealed class LeasedEntry : IAsyncDisposable
{
    private static readonly TimeSpan LeastRenewal = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;
    private Task _renewal = Task.CompletedTask;

    public LeasedEntry(IQueueLease lease, DeliveryState state, TimeProvider time)
    {
        Lease = lease;
        State = state;
        Envelope = lease.Entry.Envelope
            ?? throw new InvalidOperationException($"entry {lease.Entry.Id} of the queue was leased without its envelope");
        Attempts = state.Attempts;
        var pending = state.Pending(Envelope);
        IsWhole = pending.Length == Envelope.Recipients.Length;
        Item = new MailItem(
            lease.Entry.Submission, pending.IsEmpty || IsWhole ? Envelope : Envelope with { Recipients = pending }, lease.Content);
        _time = time;
        if (lease.ExpiresAt < DateTimeOffset.MaxValue)
            _timer = time.CreateTimer(_ => Renew(), null, UntilRenewal, Timeout.InfiniteTimeSpan);
    }

    public IQueueLease Lease { get; }

    /// <summary>The state as it is known here, saved or not.</summary>
    public DeliveryState State { get; set; }

    /// <summary>The envelope with all recipients.</summary>
    public MailEnvelope Envelope { get; }

    /// <summary>
    /// The message with the recipients that waited when the lease began, or, if none did, with all. Valid until the lease is disposed.
    /// </summary>
    public MailItem Item { get; }

    /// <summary>True when all recipients waited when the lease began.</summary>
    public bool IsWhole { get; }

    /// <summary>The connector, or <see cref="DeliveryQueue.Unreachable"/>.</summary>
    public string Connector => Lease.Entry.Connector;

    /// <summary>See <see cref="Delivery.DeliveryRequest.Id"/>.</summary>
    public string DeliveryId => Lease.Entry.Id;

    /// <summary>Attempts before this lease.</summary>
    public int Attempts { get; }

    /// <summary>See <see cref="IQueueLease.CountsFrom"/>.</summary>
    public DateTimeOffset CountsFrom => Lease.CountsFrom;

    /// <summary>See <see cref="IQueueLease.IsTried"/>.</summary>
    public bool IsTried
    {
        get => Lease.IsTried;
        set => Lease.IsTried = value;
    }

    /// <summary>True when the entry is no more.</summary>
    public bool IsGone { get; set; }

    /// <summary>True when no recipient waits: only reports are left to make.</summary>
    public bool IsSettled => State.IsSettled(Envelope);

    /// <summary>True when the sender was told of a delay, or wants to know of none.</summary>
    public bool IsDelayReported => State.DelayReported;

    /// <summary>The reports that are due now.</summary>
    public ImmutableArray<QueueNotice> DueReports => IsGone ? [] : State.DueReports(Envelope);

    /// <summary>The recipients that wait now, each with the last that was said about it.</summary>
    public ImmutableArray<RecipientOutcome> Waiting => State.Waiting(Envelope);

    /// <summary>Sets when the entry is due again, without an attempt; holds until this process ends.</summary>
    public void Postpone(DateTimeOffset due) => Lease.Due = due;

    private TimeSpan UntilRenewal => (Lease.ExpiresAt - _time.GetUtcNow()) / 2 is var half && half > LeastRenewal ? half : LeastRenewal;

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            lock (_gate)
                _ended.Cancel();
            await _timer.DisposeAsync().ConfigureAwait(false);
            await _renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _ended.Dispose();
        // One attempt that ended, whatever came of it, clears a suspect (ND-4).
        Lease.IsSuspect &= !Lease.IsTried;
        await Lease.DisposeAsync().ConfigureAwait(false);
    }

    private void Renew()
    {
        lock (_gate)
        {
            if (!_ended.IsCancellationRequested)
                _renewal = RenewAsync();
        }
    }

    // A lease that cannot be renewed runs out, and then saves nothing: its outcome is remembered, and saved with the next lease.
    private async Task RenewAsync()
    {
        try
        {
            await Lease.RenewAsync(_ended.Token).ConfigureAwait(false);
        }
        catch (LeaseLostException)
        {
            return;
        }
#pragma warning disable CA1031 // It is tried again until the lease has run out.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        _timer?.Change(UntilRenewal, Timeout.InfiniteTimeSpan);
    }
}
