using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>Takes an entry to where the configuration in force would send its recipients (RT-1 to RT-5, RT-7).</summary>
internal sealed class Rerouting(TransportState state, IDeliveryQueue queue, DeliverySettler settler)
{
    /// <summary>True when the entry waits where it should.</summary>
    public bool IsInPlace(QueueLease lease) => RecipientSplit.IsOne(lease.Connector, lease.Item, state.Current);

    /// <summary>Moves what belongs elsewhere, and settles what no connector ever takes.</summary>
    /// <returns>The recipients that failed; null when the entry stays as it is.</returns>
    public async ValueTask<ImmutableArray<RecipientOutcome>?> RunAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        var split = RecipientSplit.Of(lease.Item, state.Current);
        if (split.Failed.Count == 0 && split.Accepted.Count == 1 && split.Accepted.ContainsKey(lease.Connector))
        {
            await NoteAsync(lease, split, cancellationToken).ConfigureAwait(false);
            return null;
        }
        await MoveAsync(lease, split, cancellationToken).ConfigureAwait(false);
        if (split.Failed.Count > 0)
            await settler.SettleAsync(lease, [.. split.Failed], lease.Item.Id.AcceptedAt, TrackingSource.Routing).ConfigureAwait(false);
        return [.. split.Failed];
    }

    // They stay, but perhaps for another reason than before.
    private async ValueTask NoteAsync(QueueLease lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        ImmutableArray<RecipientOutcome> news = [.. split.Waiting.Except(lease.Waiting)];
        if (!news.IsEmpty)
            await queue.NoteAsync(lease, news, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MoveAsync(QueueLease lease, RecipientSplit split, CancellationToken cancellationToken)
    {
        // After a move that broke off, or under another configuration, recipients may be elsewhere already.
        var known = (await queue.KnownAsync(lease.Item.Id, lease, cancellationToken).ConfigureAwait(false)).ToList();
        var moved = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        var copies = new List<QueueCopy>();
        foreach (var (connector, recipients) in split.Accepted.Where(pair => !pair.Key.Equals(lease.Connector, StringComparison.OrdinalIgnoreCase)))
        {
            var missing = recipients.FindAll(recipient => !known.Remove(recipient));
            if (missing.Count > 0)
                copies.Add(split.Copy(connector, lease.Item with { Envelope = lease.Item.Envelope with { Recipients = [.. missing] } }));
            moved.AddRange(recipients);
        }
        await queue.EnqueueAsync(copies, cancellationToken).ConfigureAwait(false);
        if (moved.Count > 0)
            await queue.MoveAsync(lease, moved.ToImmutable(), cancellationToken).ConfigureAwait(false);
    }
}
