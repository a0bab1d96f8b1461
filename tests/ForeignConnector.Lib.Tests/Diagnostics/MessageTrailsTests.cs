using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: trails side by side.</summary>
public class MessageTrailsTests
{
    [Fact(DisplayName = "TR-1: a trail that throws harms neither mail nor the others, and is logged once until it works again")]
    public void Isolates_a_trail_that_throws()
    {
        var (logger, good, bad) = (new FakeLogger(), new CountingTrail(), new CountingTrail { IsBroken = true });
        var both = MessageTrails.Combine([bad, good], logger);

        both.Record(TrackingBench.Receive());
        both.Record(TrackingBench.Receive());
        bad.IsBroken = false;
        both.Record(TrackingBench.Receive());
        bad.IsBroken = true;
        both.Record(TrackingBench.Receive());

        Assert.Equal((4, 1), (good.Count, bad.Count));
        Assert.Equal([EventIds.TrailThrew, EventIds.TrailThrew], logger.Collector.GetSnapshot().Select(record => record.Id.Id));
    }

    [Theory(DisplayName = "TR-1: an application adds a trail of its own to the service collection, before or after the transport, and ours stay")]
    [InlineData(true)]
    [InlineData(false)]
    public void Takes_trails_of_the_application(bool first)
    {
        var own = new CountingTrail();
        var services = new ServiceCollection().AddLogging();
        if (first)
            services.AddSingleton<IMessageTrail>(own);
        services.AddForeignConnectors(_ => { });
        if (!first)
            services.AddSingleton<IMessageTrail>(own);
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<ForeignConnectorTransport>().Trail.Record(TrackingBench.Receive());

        Assert.Equal(1, own.Count);
        Assert.Contains(provider.GetServices<IMessageTrail>(), trail => trail is TransportMetrics);
    }

    private sealed class CountingTrail : IMessageTrail
    {
        public bool IsBroken { get; set; }

        public int Count { get; private set; }

        public void Record(TrackingEvent happened)
        {
            if (IsBroken)
                throw new InvalidOperationException("broken");
            Count++;
        }
    }
}
