using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>A transport is one object, without a host.</summary>
public class ForeignConnectorTransportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "One object and one round bring a submitted message into the Drop directory")]
    public async Task Delivers_in_a_round()
    {
        await using var bench = new TransportBench();

        var result = await bench.Transport.SubmitAsync(TransportBench.Message("user@a.test"), cancellationToken: Cancellation);
        var (_, delivery) = await bench.Transport.ProcessPendingAsync(Cancellation);

        Assert.Empty(result.Rejected);
        Assert.Equal(1, delivery.Delivered);
        Assert.Contains(result.Id.ToString(), Assert.Single(bench.Dropped("A")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every error of the options comes at once, each with its key, and nothing is touched")]
    public void Refuses_options()
    {
        var error = Assert.Throws<OptionsValidationException>(() => ForeignConnectorTransport.Create(options =>
        {
            options.Transport.ServerName = "two words";
            options.Transport.PoisonThreshold = 0;
            options.Transport.SettleTime = TimeSpan.FromDays(1);
            options.Connectors["A"] = new();
        }));

        Assert.Equal(
            [
                "Transport:ServerName: must be one word, as it stands in Received fields",
                "Transport:SettleTime: must be from 00:00:00 to 01:00:00",
                "Transport:PoisonThreshold: must be from 1 to 10",
                "Transport:DefaultDomain: 'two words' is not a domain name",
                "Connectors:A:AddressSpaces: at least one address space is needed, such as \"FAX:*\" or \"contoso.com\"",
            ],
            error.Failures);
    }

    [Fact(DisplayName = "It runs until it is stopped, delivers meanwhile, and is then as before")]
    public async Task Runs_and_stops()
    {
        var connector = new CountingConnector();
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => connector });
        await bench.Transport.StartAsync();
        var run = bench.Transport.RunAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Transport.ProcessPendingAsync(Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Transport.RunAsync(Cancellation));

        await bench.Transport.SubmitAsync(TransportBench.Message("user@own.test"), cancellationToken: Cancellation);
        await connector.FirstDelivery.Task.WaitAsync(Cancellation);
        await bench.Transport.StopAsync();
        await run;

        Assert.Null(bench.Transport.Defect);
        await bench.Transport.ProcessPendingAsync(Cancellation);
        Assert.Equal(0, bench.Transport.Queue.Count);
    }

    [Fact(DisplayName = "An application puts its own intake in front of the categorizer, its own trail beside ours, and takes the parts")]
    public async Task Takes_parts_of_the_application()
    {
        var (intake, trail) = (new List<IMailIntake>(), new RecordingTrail());
        await using var bench = new TransportBench(replace: services =>
        {
            services.Intake = transport => new Front(transport.Defaults.Categorizer, intake);
            services.Trails = transport => [trail, transport.Metrics];
        });

        await bench.Transport.SubmitAsync(TransportBench.Message("user@a.test"), cancellationToken: Cancellation);

        Assert.Same(bench.Transport.Intake, Assert.Single(intake));
        Assert.Equal(TrackingEventKind.Receive, Assert.Single(trail.Events).Kind);
        Assert.Equal(1, bench.Transport.Defaults.Store.Overview.Count);
        Assert.Equal(1, bench.Transport.Queue.Count);
    }

    [Fact(DisplayName = "Changed options are in force as a whole, and what waited is delivered; wrong ones change nothing")]
    public async Task Applies_options()
    {
        await using var bench = new TransportBench();
        var result = await bench.Transport.SubmitAsync(TransportBench.Message("user@b.test"), cancellationToken: Cancellation);
        Assert.Equal("user@b.test", Assert.Single(result.Waiting).Recipient.Address);

        await bench.Transport.ApplyAsync(bench.Options(options => options.Connectors["B"] = new() { AddressSpaces = { "b.test" }, CreateDropDirectory = true }), Cancellation);
        await bench.Transport.ProcessPendingAsync(Cancellation);
        var before = bench.Transport.State.Current;
        await Assert.ThrowsAsync<OptionsValidationException>(() => bench.Transport.ApplyAsync(bench.Options(options => options.Connectors["C"] = new()), Cancellation));

        Assert.Single(bench.Dropped("B"));
        Assert.Same(before, bench.Transport.State.Current);
        Assert.Contains("B", bench.Transport.Options.Connectors.Keys);
    }

    [Fact(DisplayName = "A factory that returns null is an error at start, with its key")]
    public async Task Refuses_a_factory_without_a_connector()
    {
        await using var bench = new TransportBench(options => options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = _ => null! });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(bench.Transport.StartAsync);

        Assert.StartsWith("Connectors:Own:Factory: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A disposed transport does nothing any more, and may be disposed twice")]
    public async Task Is_disposed_twice()
    {
        var bench = new TransportBench();
        await bench.Transport.ProcessPendingAsync(Cancellation);

        await bench.DisposeAsync();
        bench.Transport.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(bench.Transport.StartAsync);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.Transport.ProcessPendingAsync(Cancellation));
    }

    private sealed class Front(IMailIntake next, List<IMailIntake> asked) : IMailIntake
    {
        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
        {
            asked.Add(this);
            return next.AcceptAsync(item, cancellationToken);
        }
    }
}
