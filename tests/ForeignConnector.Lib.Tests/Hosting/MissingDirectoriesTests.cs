using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Tests.Diagnostics;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>PU-15: CreateDirectories makes what is missing, at start.</summary>
public class MissingDirectoriesTests
{
    private static readonly string[] All = ["pickup", "replay", "drop/fax", "drop/Sms"];

    [Theory(DisplayName = "PU-15: missing Pickup, Replay and Drop directories are made at start if the options say so, and only then")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Makes_directories(bool isWanted)
    {
        using var bench = Bench(isWanted);
        Remove(bench, All);

        await bench.Get<ForeignConnectorTransport>().StartAsync();

        Assert.All(All, directory => Assert.Equal(isWanted, bench.Files.Directory.Exists(bench.PathOf(directory))));
    }

    [Fact(DisplayName = "PU-15: what is there stays as it is, and is not told of")]
    public async Task Leaves_directories()
    {
        using var bench = Bench(isWanted: true);
        Remove(bench, "replay", "drop/Sms");
        bench.Files.AddFile(bench.PathOf("pickup/a.txt"), new("text"));

        await bench.Get<ForeignConnectorTransport>().StartAsync();

        Assert.True(bench.Files.File.Exists(bench.PathOf("pickup/a.txt")));
        Assert.Equal(2, Logged(bench, EventIds.DirectoryCreated));
    }

    [Fact(DisplayName = "RY-4: a directory that cannot be made is told of; the others are made and the transport starts")]
    public async Task Goes_on()
    {
        using var bench = Bench(isWanted: true);
        Remove(bench, All);
        bench.Files.AddFile(bench.PathOf("replay"), new("in the way"));

        await bench.Get<ForeignConnectorTransport>().StartAsync();

        Assert.Equal(1, Logged(bench, EventIds.DirectoryNotCreated));
        Assert.True(bench.Files.Directory.Exists(bench.PathOf("pickup")));
        Assert.True(bench.Files.Directory.Exists(bench.PathOf("drop/Sms")));
    }

    [Fact(DisplayName = "BP-1: a share that does not answer is told of and holds up the start no longer than 5 seconds")]
    public async Task Does_not_wait_for_a_share()
    {
        var (files, time, logger) = (new MockFileSystem(), new FakeTimeProvider(), new FakeLogger<MissingDirectories>());
        var options = new ForeignConnectorOptions { Connectors = { ["Fax"] = new(), ["Sms"] = new() } };
        (options.Transport.CreateDirectories, options.Transport.PickupDirectoryPath) = (true, "pickup");
        var create = new MissingDirectories(files, new PatientQuestions(time, _ => { }), logger).CreateAsync(options, CancellationToken.None);
        Assert.False(create.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(5));
        await create;

        Assert.Equal(Enumerable.Repeat(EventIds.DirectoryNotCreated, 3), logger.Collector.GetSnapshot().Select(record => record.Id.Id));
    }

    private static HealthBench Bench(bool isWanted) => new(
        options =>
        {
            options.Transport.CreateDirectories = isWanted;
            options.Transport.BackPressureMinimumFreeSpace = default;
            options.Connectors["Sms"] = new() { AddressSpaces = { "SMS:*" } };
        },
        services => services.AddFakeLogging());

    private static void Remove(HealthBench bench, params string[] directories)
    {
        foreach (var directory in directories.Where(directory => bench.Files.Directory.Exists(bench.PathOf(directory))))
            bench.Files.Directory.Delete(bench.PathOf(directory), recursive: true);
    }

    private static int Logged(HealthBench bench, int id) => bench.Get<FakeLogCollector>().GetSnapshot().Count(record => record.Id.Id == id);
}
