using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Decides what becomes of entries that processes died with (ND-4): each death counts, and with
/// <see cref="DeliveryQueueOptions.PoisonThreshold"/> of them the entry is set aside as poison. For one look at a store.
/// </summary>
internal sealed class PoisonPolicy(IQueueStore store, DeliveryQueueOptions options, IMessageTrail trail, ILogger logger)
{
    private readonly List<(CrashedEntry Entry, int Crashes, string Reason)> _poison = [];

    public CrashDecision Decide(CrashedEntry crashed)
    {
        var state = crashed.State.AfterCrash();
        if (state.Crashes < options.PoisonThreshold)
            return new CrashDecision(state, SetAside: null);
        var reason = string.Create(
            CultureInfo.InvariantCulture, $"ND-4: the process died {Times(state.Crashes)} while it worked on this message alone");
        _poison.Add((crashed, state.Crashes, reason));
        return new CrashDecision(state, reason);
    }

    /// <summary>
    /// Logs and records what was set aside. Only here is a message read: reading it may be what killed the process, and now it is out of
    /// the way.
    /// </summary>
    public async ValueTask RecordAsync()
    {
        foreach (var (crashed, crashes, reason) in _poison)
        {
            var poisoned = new TrackingEvent
            {
                Kind = TrackingEventKind.PoisonMessage,
                Source = TrackingSource.Routing,
                Id = crashed.Submission,
                Connector = crashed.Connector,
                Detail = reason,
            };
            try
            {
                var (lease, _) = await store.LeaseAsync(crashed.Id, CancellationToken.None).ConfigureAwait(false);
                if (lease is null)
                    Record(poisoned, crashed, crashes);
                else
                    await RecordAsync(lease, poisoned, crashed, crashes).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It is set aside all the same; the trail knows less of it.
            catch (Exception)
#pragma warning restore CA1031
            {
                Record(poisoned, crashed, crashes);
            }
        }
    }

    private async ValueTask RecordAsync(IQueueLease lease, TrackingEvent poisoned, CrashedEntry crashed, int crashes)
    {
        await using var _ = lease.ConfigureAwait(false);
        var entry = lease.Entry;
        // It could not be set aside; the next look asks again.
        if (entry.SetAside is null)
            return;
        Record(
            entry.Envelope is not { } envelope ? poisoned : poisoned with
            {
                Sender = envelope.Sender,
                Recipients = entry.State.Pending(envelope),
                Content = lease.Content,
                Detail = entry.Reason ?? poisoned.Detail,
            },
            crashed,
            crashes);
    }

    private void Record(TrackingEvent poisoned, CrashedEntry crashed, int crashes)
    {
        logger.PoisonEntry(crashed.Id, Telemetry.NameOf(crashed.Connector), crashes);
        trail.Record(poisoned);
    }

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");
}

/// <summary>Limits of a <see cref="DeliveryQueue"/>.</summary>
public sealed class DeliveryQueueOptions
{
    /// <summary>How many processes may die while they work on an entry alone before it is set aside (ND-4).</summary>
    /// <value>Default 2; 1 to 10.</value>
    public int PoisonThreshold { get; set; } = 2;
}
