using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: a whole transport, traced and counted.</summary>
public sealed class OneTraceTests : IDisposable
{
    private readonly MockFileSystem _files = new();
    private readonly FakeTimeProvider _time = new(HealthBench.Now);
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public OneTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        _files.AddDirectory("/mail/pickup");
        _files.AddFile("/mail/pickup/a.eml", new("From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n") { LastWriteTime = HealthBench.Now.AddMinutes(-1) });
    }

    public void Dispose() => _listener.Dispose();

    [Fact(DisplayName = "TR-1: one trace leads from intake to drop, over a deferral and a restart")]
    public async Task Follows_a_message_over_a_restart()
    {
        await RunAsync(services => Assert.Equal("Fax", Assert.Single(Levels(services)).Connector));
        _files.AddDirectory("/mail/drop/fax");
        _time.Advance(TimeSpan.FromHours(1));
        await RunAsync(services => Assert.Empty(Levels(services)));

        var dropped = Assert.Single(_files.Directory.GetFiles("/mail/drop/fax", "*.eml"));
        var trace = _ended.Where(activity => dropped.Contains(activity.TraceId.ToHexString(), StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [("foreignconnector.route", null), ("foreignconnector.intake", "accepted"), ("foreignconnector.deliver", "deferred"), ("foreignconnector.deliver", "delivered")],
            trace.Select(activity => (activity.OperationName, (string?)activity.GetTagItem(Telemetry.Outcome))));
        Assert.Equal(trace[1].SpanId, trace[0].ParentSpanId);
        Assert.Equal([1, 2], trace.Skip(2).Select(activity => activity.GetTagItem(Telemetry.Attempt)));
    }

    [Fact(DisplayName = "TR-1: the queue tells what it holds: connector, entries, and when the oldest was accepted")]
    public async Task Tells_what_it_holds()
    {
        await RunAsync(services =>
        {
            var level = Assert.Single(Levels(services));
            Assert.Equal(("Fax", 1), (level.Connector, level.Messages));
            Assert.Equal(HealthBench.Now, level.OldestAcceptedAt);
        });
    }

    private static IReadOnlyList<QueueLevel> Levels(IServiceProvider services) => services.GetRequiredService<DeliveryQueue>().Levels;

    private async Task RunAsync(Action<IServiceProvider> look)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(_files).AddSingleton<TimeProvider>(_time).AddForeignConnectors(options =>
        {
            options.Transport.BaseDirectory = _files.Path.GetFullPath("/mail");
            options.Transport.PickupDirectoryPath = "pickup";
            options.Connectors["Fax"] = new() { AddressSpaces = { "*" }, DropDirectory = "fax" };
        });
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ForeignConnectorTransport>().ProcessPendingAsync(TestContext.Current.CancellationToken);
        look(provider);
    }
}
