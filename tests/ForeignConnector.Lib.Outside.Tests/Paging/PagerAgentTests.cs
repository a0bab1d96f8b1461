using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Time.Testing;

namespace Outside.Paging;

/// <summary>A delivery agent of one's own passes the suite of the kit, and delivers in a transport.</summary>
public sealed class PagerAgentTests : DeliveryAgentContract
{
    private readonly PagerNetwork _network = new();

    public PagerAgentTests() => Agent = new PagerAgent(_network);

    protected override IDeliveryAgent Agent { get; }

    protected override IReadOnlyList<string> Arrived => _network.Texts;

    protected override void Break() => _network.IsDown = true;

    protected override void Mend() => _network.IsDown = false;

    [Fact(DisplayName = "A kind of connector that is an agent delivers over the store of the application, when its system is well again")]
    public async Task Delivers_in_a_transport()
    {
        var time = new FakeTimeProvider();
        await using var transport = ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Beeper"] = new() { AddressSpaces = { "PAGER:*" }, DeliveryProtocol = "PAGER", Settings = new PagerSettings { Network = "city" } };
            },
            new TransportServices
            {
                Time = time,
                Store = _ => new InMemoryQueueStore(time),
                ConnectorTypes = { ConnectorType.CreateAgent("PAGER", PagerSettings.Keys, (_, _) => Agent) },
            });
        _network.IsDown = true;
        await transport.SubmitAsync(Messages.To("IMCEAPAGER-5550199@contoso.com"), cancellationToken: TestContext.Current.CancellationToken);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_network.Texts);
        _network.IsDown = false;

        time.Advance(TimeSpan.FromMinutes(30));
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Subject: an invoice", Assert.Single(_network.Texts), StringComparison.Ordinal);
        Assert.Equal(0, transport.Queue.Count);
    }
}
