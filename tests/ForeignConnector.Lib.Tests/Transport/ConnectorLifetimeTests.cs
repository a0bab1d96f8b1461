using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>CN-4: connectors belong to the transport, and go when nobody needs them any more.</summary>
public class ConnectorLifetimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(DisplayName = "CN-4: a connector that leaves the configuration, or is turned off, is disposed once; one that stays is not")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposes_what_leaves(bool isRemoved)
    {
        var (made, connectors) = (0, new[] { new CountingConnector(), new CountingConnector() });
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => connectors[made++] });
        await bench.Transport.StartAsync();

        await bench.Transport.ApplyAsync(bench.Options(options => options.Connectors["Own"].Comment = "changed"), Cancellation);
        Assert.Equal((1, 0), (made, connectors[0].Disposals));
        await bench.Transport.ApplyAsync(
            bench.Options(options =>
            {
                options.Connectors["Own"].Enabled = false;
                if (isRemoved)
                    options.Connectors.Remove("Own");
            }), Cancellation);
        await connectors[0].Disposed.Task.WaitAsync(Cancellation);

        // It comes back as another one.
        await bench.Transport.ApplyAsync(bench.Options(), Cancellation);
        Assert.Equal((2, 1, 0), (made, connectors[0].Disposals, connectors[1].Disposals));
        await bench.DisposeAsync();
        Assert.Equal((1, 1), (connectors[0].Disposals, connectors[1].Disposals));
    }

    [Fact(DisplayName = "CN-4: a connector is disposed when its last attempt has ended, and not before")]
    public async Task Waits_for_the_last_attempt()
    {
        var may = new TaskCompletionSource();
        var connector = new CountingConnector { May = may.Task };
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => connector });
        await bench.Transport.SubmitAsync(TransportBench.Message("user@own.test"), cancellationToken: Cancellation);
        var round = bench.Transport.ProcessPendingAsync(Cancellation);
        await connector.FirstDelivery.Task.WaitAsync(Cancellation);

        await bench.Transport.ApplyAsync(bench.Options(options => options.Connectors.Remove("Own")), Cancellation);
        Assert.Equal(0, connector.Disposals);
        may.SetResult();
        await round;

        await connector.Disposed.Task.WaitAsync(Cancellation);
        Assert.Equal(1, connector.Disposals);
        Assert.Equal(0, bench.Transport.Queue.Count);
    }

    [Fact(DisplayName = "A configuration that cannot come into force disposes the connectors that it had made already, and no other")]
    public async Task Disposes_what_was_made_in_vain()
    {
        var (kept, vain) = (new CountingConnector(), new CountingConnector());
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => kept });
        await bench.Transport.StartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Transport.ApplyAsync(
            bench.Options(options =>
            {
                options.Connectors["P"] = new() { AddressSpaces = { "p.test" }, Factory = _ => vain };
                options.Connectors["Q"] = new() { AddressSpaces = { "q.test" }, Factory = _ => throw new InvalidOperationException("no line") };
            }), Cancellation));

        await vain.Disposed.Task.WaitAsync(Cancellation);
        Assert.Equal(0, kept.Disposals);
    }

    [Fact(DisplayName = "A disposal that fails is logged, and stops nothing")]
    public async Task Survives_a_disposal_that_fails()
    {
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => new BadConnector() });
        await bench.Transport.StartAsync();

        await bench.DisposeAsync();

        Assert.Single(bench.Logs.GetSnapshot(), record => record.Id.Id == EventIds.ConnectorNotDisposed);
    }

    private sealed class BadConnector : IForeignConnector, IDisposable
    {
        public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() => throw new InvalidOperationException("stuck");
    }
}
