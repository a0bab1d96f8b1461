using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>BP-1: health is known within seconds, also where directories do not answer.</summary>
public class SilentHealthTests
{
    [Theory(DisplayName = "BP-1: a check does not wait for directories that hang; what does not answer is told")]
    [InlineData("directories", HealthStatus.Unhealthy, "Pickup: '")]
    [InlineData("backlog", HealthStatus.Healthy, "")]
    [InlineData("watchers", HealthStatus.Healthy, "")]
    [InlineData("setaside", HealthStatus.Healthy, "")]
    public async Task Waits_for_nothing(string check, HealthStatus status, string text)
    {
        var asked = 0;
        using var bench = new HealthBench();
        bench.Get<TransportServices>().Questions = new PatientQuestions(bench.Time, _ => Interlocked.Increment(ref asked));

        var first = 0;
        for (var round = 0; round < 3; round++)
        {
            var entry = bench.CheckAsync(check);
            while (!entry.IsCompleted)
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Equal(status, (await entry).Status);
            Assert.Contains(text, (await entry).Description!, StringComparison.Ordinal);
            first = round == 0 ? asked : first;
        }

        // Each question once, however often health is asked for.
        Assert.NotEqual(0, first);
        Assert.Equal(first, asked);
    }

    [Theory(DisplayName = "TR-1: a directory that lets nobody write is told of without trying it")]
    [InlineData("pickup", HealthStatus.Unhealthy)]
    [InlineData("replay", HealthStatus.Unhealthy)]
    [InlineData("drop/fax", HealthStatus.Degraded)]
    public async Task Reads_attributes(string directory, HealthStatus status)
    {
        using var bench = new HealthBench();
        bench.Files.File.SetAttributes(bench.PathOf(directory), FileAttributes.Directory | FileAttributes.ReadOnly);

        var entry = await bench.CheckAsync("directories");

        Assert.Equal(status, entry.Status);
        Assert.Contains($"'{bench.PathOf(directory)}' cannot be written to", entry.Description!, StringComparison.Ordinal);
    }
}
