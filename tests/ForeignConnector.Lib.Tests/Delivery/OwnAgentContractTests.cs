using System.Collections.Concurrent;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Delivery;

/// <summary>A delivery agent as an application writes it: to a service that knows a message by its id.</summary>
public class OwnAgentContractTests : DeliveryAgentContract
{
    private readonly Service _service = new();

    public OwnAgentContractTests() => Agent = new ServiceAgent(_service);

    protected override IDeliveryAgent Agent { get; }

    protected override IReadOnlyList<string> Arrived => [.. _service.Messages.Values];

    protected override void Break() => _service.IsDown = true;

    protected override void Mend() => _service.IsDown = false;

    private sealed class Service
    {
        public ConcurrentDictionary<string, string> Messages { get; } = new();

        public bool IsDown { get; set; }
    }

    private sealed class ServiceAgent(Service service) : IDeliveryAgent
    {
        public ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(service.IsDown
                ? OpenConnectionResult.DeferQueue(new SmtpResponse(421, new(4, 4, 1), "The service does not answer."))
                : OpenConnectionResult.Opened(new ServiceConnection(service)));
        }
    }

    private sealed class ServiceConnection(Service service) : IDeliveryConnection
    {
        public string RemoteHost => "service.test";

        public ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken) => new(!service.IsDown);

        public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            using var octets = new MemoryStream();
            await using (var stream = request.Content.OpenRead())
                await stream.CopyToAsync(octets, cancellationToken);
            service.Messages[request.Id] = Encoding.Latin1.GetString(octets.ToArray());
            return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
        }

        public ValueTask<string?> CloseAsync(CancellationToken cancellationToken) => new("bye");
    }
}
