using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Tests.Diagnostics;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>QU-12: what was set aside is counted, shows its age, and goes when it is too old and ours.</summary>
public class SetAsideFilesTests
{
    private const string Reason = "File: a.eml\nDirectory: Pickup\nTime: 2026-01-01T00:00:00Z\nRule: PU-5\nReason: no To\n";

    [Fact(DisplayName = "QU-12: badmail and poison are counted by place and kind, with the age of the oldest")]
    public async Task Counts()
    {
        using var bench = new HealthBench();
        Put(bench, "pickup/a.bad", TimeSpan.FromDays(2));
        Put(bench, "pickup/b.bad", TimeSpan.FromDays(3));
        Put(bench, "replay/a.poison", TimeSpan.FromHours(1));
        Put(bench, "queue/Fax/x.bad", TimeSpan.FromDays(1));
        Put(bench, "queue/Sms/y.bad", TimeSpan.FromDays(4));
        bench.Files.AddFile(bench.PathOf("pickup/c.eml"), new("a message"));

        var levels = await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: false, CancellationToken.None);

        Assert.Equal(
            [
                new("pickup", false, 2, TimeSpan.FromDays(3)), new("pickup", true, 0, TimeSpan.Zero),
                new("replay", false, 0, TimeSpan.Zero), new("replay", true, 1, TimeSpan.FromHours(1)),
                new("queue", false, 2, TimeSpan.FromDays(4)), new("queue", true, 0, TimeSpan.Zero),
            ],
            levels);
    }

    [Theory(DisplayName = "QU-12: what is older than the retention goes, with its reason; by default nothing does")]
    [InlineData(null, 400, false)]
    [InlineData(30, 29, false)]
    [InlineData(30, 31, true)]
    public async Task Deletes_what_is_too_old(int? retention, int age, bool isDeleted)
    {
        string[] files = ["pickup/a.bad", "replay/b.poison", "queue/Fax/c.bad", "queue/Fax/d.poison"];
        using var bench = Bench(retention);
        foreach (var file in files)
            Put(bench, file, TimeSpan.FromDays(age));

        await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: true, CancellationToken.None);

        Assert.All(files, file =>
        {
            Assert.Equal(!isDeleted, bench.Files.File.Exists(bench.PathOf(file)));
            Assert.Equal(!isDeleted, bench.Files.File.Exists(bench.PathOf(file + ".txt")));
        });
        Assert.Equal(isDeleted ? 0 : 4, bench.Get<ForeignConnectorTransport>().SetAside.Levels.Sum(level => level.Files));
    }

    [Theory(DisplayName = "SE-1: files that are not provably ours are never deleted, however old")]
    [InlineData("pickup/a.bad", null)]
    [InlineData("pickup/a.bad", "not a reason of ours")]
    [InlineData("replay/a.poison", "File: a.eml\n")]
    [InlineData("queue/Fax/a.bad", null)]
    [InlineData("pickup/a.eml", Reason)]
    [InlineData("pickup/a.BAD", Reason)]
    [InlineData("pickup/bad", Reason)]
    public async Task Leaves_files_of_others(string file, string? reason)
    {
        using var bench = Bench(1);
        Put(bench, file, TimeSpan.FromDays(1000), reason);

        await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: true, CancellationToken.None);

        Assert.True(bench.Files.File.Exists(bench.PathOf(file)));
        Assert.Equal(reason is not null, bench.Files.File.Exists(bench.PathOf(file + ".txt")));
    }

    [Theory(DisplayName = "SE-4: a time that lies ahead is no age")]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Has_no_age_in_the_future(int days)
    {
        using var bench = Bench(1);
        Put(bench, "pickup/a.bad", TimeSpan.FromDays(-days));

        var levels = await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: true, CancellationToken.None);

        Assert.Equal(new SetAsideLevel("pickup", false, 1, TimeSpan.Zero), levels[0]);
    }

    [Fact(DisplayName = "QU-12: a look deletes no more than it may, and the next one goes on")]
    public async Task Deletes_in_portions()
    {
        using var bench = Bench(1);
        for (var i = 0; i < 1500; i++)
            Put(bench, FormattableString.Invariant($"pickup/{i}.bad"), TimeSpan.FromDays(2));

        var first = await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: true, CancellationToken.None);
        var second = await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: true, CancellationToken.None);

        Assert.Equal((500, 0), (first[0].Files, second[0].Files));
    }

    [Fact(DisplayName = "QU-12: a round of the transport does it too")]
    public async Task Goes_with_a_round()
    {
        using var bench = Bench(1);
        Put(bench, "pickup/a.bad", TimeSpan.FromDays(2));

        await bench.Get<ForeignConnectorTransport>().ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.False(bench.Files.File.Exists(bench.PathOf("pickup/a.bad")));
    }

    [Theory(DisplayName = "QU-12: health shows how many there are and since when, and degrades when nobody looks at them")]
    [InlineData(6, HealthStatus.Healthy)]
    [InlineData(8, HealthStatus.Degraded)]
    public async Task Shows_in_health(int days, HealthStatus status)
    {
        using var bench = new HealthBench();
        Put(bench, "queue/Fax/a.poison", TimeSpan.FromDays(days));

        var entry = await bench.CheckAsync("setaside");

        Assert.Equal(status, entry.Status);
        Assert.Equal((1, TimeSpan.FromDays(days)), (entry.Data["poison in queue, files"], entry.Data["poison in queue, oldest"]));
        Assert.Equal(0, entry.Data["badmail in pickup, files"]);
    }

    [Fact(DisplayName = "QU-12: metrics show what the last look found")]
    public async Task Shows_in_metrics()
    {
        using var bench = new HealthBench(add: services => services.AddMetrics());
        Put(bench, "pickup/a.bad", TimeSpan.FromDays(2));
        var meters = bench.Get<System.Diagnostics.Metrics.IMeterFactory>();
        _ = bench.Get<TransportMetrics>();
        using var files = new MetricCollector<long>(meters, Telemetry.Name, "foreignconnector.set_aside.files");
        using var ages = new MetricCollector<double>(meters, Telemetry.Name, "foreignconnector.set_aside.oldest.age");
        await bench.Get<ForeignConnectorTransport>().SetAside.LookAsync(isDeleting: false, CancellationToken.None);

        files.RecordObservableInstruments();
        ages.RecordObservableInstruments();

        var measured = Assert.Single(files.GetMeasurementSnapshot(), measurement => measurement.Value == 1);
        Assert.Equal(("pickup", "badmail"), (measured.Tags[Telemetry.Place], measured.Tags[Telemetry.Kind]));
        Assert.Equal(TimeSpan.FromDays(2).TotalSeconds, ages.GetMeasurementSnapshot().Max(measurement => measurement.Value));
    }

    private static HealthBench Bench(int? days) => new(options =>
    {
        options.Transport.SetAsideRetention = days is { } count ? TimeSpan.FromDays(count) : null;
        options.Transport.BackPressureMinimumFreeSpace = default;
    });

    // The message is older than its reason: it was a message before.
    private static void Put(HealthBench bench, string path, TimeSpan age, string? reason = Reason)
    {
        bench.Files.AddFile(bench.PathOf(path), new("text") { LastWriteTime = HealthBench.Now - age - TimeSpan.FromDays(reason is null ? 0 : 5) });
        if (reason is not null)
            bench.Files.AddFile(bench.PathOf(path + ".txt"), new(reason) { LastWriteTime = HealthBench.Now - age });
    }
}
