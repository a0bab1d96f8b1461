using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace Outside.Paging;

/// <summary>A connector of one's own, with settings of its own.</summary>
internal sealed class PagerConnector(PagerNetwork network, PagerSettings settings) : IForeignConnector
{
    public PagerSettings Settings => settings;

    public int MaxConcurrentDeliveries => settings.Lines;

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        using var octets = new MemoryStream();
        await using (var content = request.Content.OpenRead())
            await content.CopyToAsync(octets, cancellationToken);
        // The id is the same on every attempt, so the network knows a text that it has already.
        return network.TrySend(request.Id, Encoding.Latin1.GetString(octets.ToArray()))
            ? DeliveryReport.ForAll(request, RecipientOutcome.Delivered)
            : DeliveryReport.Deferred(request, EnhancedStatusCode.NotAccepting, "The pager network is down.");
    }
}
