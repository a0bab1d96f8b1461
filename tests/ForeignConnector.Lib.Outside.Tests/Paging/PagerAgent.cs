using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail.Outcomes;

namespace Outside.Paging;

/// <summary>The same network over connections that stay open: a delivery agent of one's own.</summary>
internal sealed class PagerAgent(PagerNetwork network) : IDeliveryAgent
{
    public ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(network.IsDown
            ? OpenConnectionResult.DeferQueue(new SmtpResponse(421, new EnhancedStatusCode(4, 4, 1), "The pager network does not answer."))
            : OpenConnectionResult.Opened(new Line(network)));
    }

    private sealed class Line(PagerNetwork network) : IDeliveryConnection
    {
        public string? RemoteHost => null;

        public ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken) => new(!network.IsDown);

        public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            using var octets = new MemoryStream();
            await using (var content = request.Content.OpenRead())
                await content.CopyToAsync(octets, cancellationToken);
            return network.TrySend(request.Id, Encoding.Latin1.GetString(octets.ToArray()))
                ? DeliveryReport.ForAll(request, RecipientOutcome.Delivered)
                : DeliveryReport.Deferred(request, EnhancedStatusCode.NotAccepting, "The pager network is down.");
        }

        public ValueTask<string?> CloseAsync(CancellationToken cancellationToken) => new((string?)null);
    }
}
