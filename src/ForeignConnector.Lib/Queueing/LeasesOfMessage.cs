using System.Collections.Immutable;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A lease, and those on the other entries of its submission that could be had at once. Ends those others alone.</summary>
internal sealed class LeasesOfMessage : IDisposable
{
    private readonly ImmutableArray<QueueLease> _others;

    private LeasesOfMessage(QueueLease lease, ImmutableArray<QueueLease> others)
    {
        _others = others;
        All = [lease, .. others];
    }

    public ImmutableArray<QueueLease> All { get; }

    public static async ValueTask<LeasesOfMessage> TakeAsync(IDeliveryQueue queue, QueueLease lease) =>
        new(lease, await queue.TakeBesideAsync(lease, CancellationToken.None).ConfigureAwait(false));

    public void Dispose()
    {
        foreach (var other in _others)
            other.Dispose();
    }
}
