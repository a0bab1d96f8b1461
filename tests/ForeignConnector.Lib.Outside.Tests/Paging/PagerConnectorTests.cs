using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.TestKit;

namespace Outside.Paging;

/// <summary>A connector of one's own passes the suite of the kit.</summary>
public sealed class PagerConnectorTests : ForeignConnectorContract
{
    private readonly PagerNetwork _network = new();

    public PagerConnectorTests() => Connector = new PagerConnector(_network, new PagerSettings { Lines = 4 });

    protected override IForeignConnector Connector { get; }

    protected override IReadOnlyList<string> Arrived => _network.Texts;

    protected override void Break() => _network.IsDown = true;

    protected override void Mend() => _network.IsDown = false;
}
