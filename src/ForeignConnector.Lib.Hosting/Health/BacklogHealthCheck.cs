using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Does anything wait for too long: in Pickup and Replay for us, in the queue for a connector, in a Drop directory for its gateway?</summary>
internal sealed class BacklogHealthCheck(
    TransportDirectories directories, DirectoryProbe probe, DeliveryQueue queue, IFileSystem files, TimeProvider time, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        var waiting = directories.Intake.Select(intake => (intake.Name, intake.Path, Limit: options.OldestIntakeFile))
            .Concat(directories.Drops.Select(drop => (drop.Name, Path: drop.Connector.DropDirectory, Limit: options.OldestDropFile)))
            .Select(place => (place.Name, place.Limit, Oldest: probe.AskAsync($"oldest in {place.Path}", () => Oldest(place.Path), null, cancellationToken)))
            .ToArray();
        foreach (var (name, limit, oldest) in waiting)
        {
            if (await oldest.ConfigureAwait(false) is { } file)
                Judge(findings, name, $"\"{FileNames.ForLog(file.Name)}\"", time.GetUtcNow().UtcDateTime - file.Written, limit);
        }
        foreach (var level in queue.Levels)
        {
            var name = $"queue of {Telemetry.NameOf(level.Connector)}";
            findings.Show($"{name}, messages", level.Messages);
            Judge(findings, name, "a message", time.GetUtcNow() - level.OldestAcceptedAt, options.OldestQueueEntry);
        }
        return findings.ToResult(context, "Nothing waits for too long.");
    }

    private static void Judge(Findings findings, string name, string what, TimeSpan age, TimeSpan limit)
    {
        findings.Show($"{name}, oldest", age);
        if (age > limit)
            findings.Degraded($"{name}: {what} has waited for {age:c}, more than {limit:c}");
    }

    // Null when nothing waits, or the directory cannot be listed or does not answer: that is another check's.
    private (DateTime Written, string Name)? Oldest(string path)
    {
        try
        {
            (DateTime Written, string Name)? oldest = null;
            foreach (var file in files.DirectoryInfo.New(path).EnumerateFiles())
            {
                if (file.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase) && file.Exists
                    && FileTimes.LastWriteUtc(file) is var written && (oldest is null || written < oldest.Value.Written))
                    oldest = (written, file.Name);
            }
            return oldest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
