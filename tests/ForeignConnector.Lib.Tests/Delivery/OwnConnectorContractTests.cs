using System.Collections.Concurrent;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Delivery;

/// <summary>A connector as an application writes it: to a service that knows a message by its id.</summary>
public class OwnConnectorContractTests : ForeignConnectorContract
{
    private readonly Service _service = new();

    public OwnConnectorContractTests() => Connector = new ServiceConnector(_service);

    protected override IForeignConnector Connector { get; }

    protected override IReadOnlyList<string> Arrived => [.. _service.Messages.Values];

    protected override void Break() => _service.IsDown = true;

    protected override void Mend() => _service.IsDown = false;

    private sealed class Service
    {
        public ConcurrentDictionary<string, string> Messages { get; } = new();

        public bool IsDown { get; set; }
    }

    private sealed class ServiceConnector(Service service) : IForeignConnector
    {
        public int MaxConcurrentDeliveries => 8;

        public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            using var octets = new MemoryStream();
            await using (var stream = request.Content.OpenRead())
                await stream.CopyToAsync(octets, cancellationToken);
            if (service.IsDown)
                return DeliveryReport.Deferred(request, EnhancedStatusCode.NotAccepting, "The service is down.");
            service.Messages.TryAdd(request.Id, Encoding.Latin1.GetString(octets.ToArray()));
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        }
    }
}
