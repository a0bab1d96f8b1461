using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: what an administrator is told before anybody complains.</summary>
public class HealthCheckTests
{
    [Theory(DisplayName = "TR-1: with everything in its place a check is healthy, shows what it looked at and leaves nothing behind")]
    [InlineData("directories", "queue")]
    [InlineData("backlog", null)]
    [InlineData("intake", null)]
    [InlineData("record", null)]
    public async Task Is_healthy(string check, string? shown)
    {
        using var bench = new HealthBench();

        var entry = await bench.CheckAsync(check);

        Assert.Equal((HealthStatus.Healthy, "foreignconnector"), (entry.Status, Assert.Single(entry.Tags)));
        Assert.NotEmpty(entry.Description!);
        Assert.True(shown is null || entry.Data.ContainsKey(shown));
        Assert.Empty(bench.Files.AllFiles);
    }

    [Theory(DisplayName = "TR-1: without queue, Pickup or Replay the transport is unhealthy")]
    [InlineData("queue", "queue")]
    [InlineData("pickup", "Pickup")]
    [InlineData("replay", "Replay")]
    public async Task Needs_its_directories(string directory, string name)
    {
        using var bench = new HealthBench();
        bench.Files.Directory.Delete(bench.PathOf(directory));

        var entry = await bench.CheckAsync("directories");

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal($"{name}: '{bench.PathOf(directory)}' does not exist", entry.Description);
    }

    [Theory(DisplayName = "DR-2: a missing Drop directory degrades, unless it will be created")]
    [InlineData(false, HealthStatus.Degraded)]
    [InlineData(true, HealthStatus.Healthy)]
    public async Task Wants_drop_directories(bool create, HealthStatus status)
    {
        using var bench = new HealthBench(options => options.Connectors["Fax"].CreateDropDirectory = create);
        bench.Files.Directory.Delete(bench.PathOf("drop/fax"));

        Assert.Equal(status, (await bench.CheckAsync("directories")).Status);
    }

    [Fact(DisplayName = "PU-1: a file system that reports no changes degrades")]
    public async Task Wants_events()
    {
        using var bench = new HealthBench();

        var entry = await bench.CheckAsync("watchers");

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("Pickup: changes in", entry.Description!, StringComparison.Ordinal);
        Assert.Contains("Replay: changes in", entry.Description!, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "TR-1: a file that waits for too long degrades, by the limit of its directory")]
    [InlineData("pickup/a.eml", 14, HealthStatus.Healthy)]
    [InlineData("pickup/a.EML", 16, HealthStatus.Degraded)]
    [InlineData("replay/a.eml", 16, HealthStatus.Degraded)]
    [InlineData("replay/a.bad", 16, HealthStatus.Healthy)]
    [InlineData("drop/fax/a.eml", 59, HealthStatus.Healthy)]
    [InlineData("drop/fax/a.eml", 61, HealthStatus.Degraded)]
    public async Task Notices_what_waits(string path, int minutes, HealthStatus status)
    {
        using var bench = new HealthBench();
        bench.Files.AddFile(bench.PathOf(path), new("") { LastWriteTime = HealthBench.Now.AddMinutes(-minutes) });
        bench.Files.AddFile(bench.PathOf("drop/fax/young.eml"), new("") { LastWriteTime = HealthBench.Now });

        Assert.Equal(status, (await bench.CheckAsync("backlog")).Status);
    }

    [Fact(DisplayName = "TR-1: what waits is named and its age shown; the limits are options")]
    public async Task Tells_what_waits()
    {
        using var bench = new HealthBench(limits: limits => limits.OldestIntakeFile = TimeSpan.FromMinutes(1));
        bench.Files.AddFile(bench.PathOf("pickup/a\u0001b.eml"), new("") { LastWriteTime = HealthBench.Now.AddMinutes(-2) });

        var entry = await bench.CheckAsync("backlog");

        Assert.Equal("Pickup: \"a?b.eml\" has waited for 00:02:00, more than 00:01:00", entry.Description);
        Assert.Equal(TimeSpan.FromMinutes(2), entry.Data["Pickup, oldest"]);
    }

    [Theory(DisplayName = "TR-1: back pressure shows in health")]
    [InlineData(IntakePace.Open, HealthStatus.Healthy)]
    [InlineData(IntakePace.Slow, HealthStatus.Degraded)]
    [InlineData(IntakePace.Closed, HealthStatus.Unhealthy)]
    public async Task Shows_back_pressure(IntakePace pace, HealthStatus status)
    {
        using var bench = new HealthBench(add: services => services.AddSingleton<IIntakeGate>(new Gate(pace)));

        Assert.Equal(status, (await bench.CheckAsync("intake")).Status);
    }

    [Fact(DisplayName = "TR-1: a log that cannot be written degrades until it can")]
    public async Task Wants_the_record()
    {
        using var bench = new HealthBench(options => options.Transport.MessageTrackingLogPath = "logs");
        bench.Files.AddFile(bench.PathOf("logs"), new("in the way"));
        var log = bench.Get<ForeignConnectorTransport>().TrackingLog!;
        log.Record(TrackingBench.Receive());
        log.Flush();

        var failing = await bench.CheckAsync("record");
        bench.Files.File.Delete(bench.PathOf("logs"));
        log.Flush();
        var mended = await bench.CheckAsync("record");

        Assert.Equal((HealthStatus.Degraded, "the message tracking log cannot be written"), (failing.Status, failing.Description));
        Assert.Equal((HealthStatus.Healthy, 0L), (mended.Status, mended.Data["dropped"]));
    }

    private sealed class Gate(IntakePace pace) : IIntakeGate
    {
        public IntakePace Pace => pace;
    }
}
