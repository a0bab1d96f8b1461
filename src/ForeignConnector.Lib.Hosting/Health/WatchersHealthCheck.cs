using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Does the file system report changes in Pickup and Replay? Where it does not, files are found by polling alone (PU-1).</summary>
internal sealed class WatchersHealthCheck(TransportHealth health) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        // A directory that is missing or does not answer is told of by another check.
        foreach (var watcher in await health.LookAtWatchersAsync(cancellationToken).ConfigureAwait(false))
        {
            findings.Show(watcher.Name, watcher.IsReported);
            if (!watcher.IsReported)
                findings.Degraded($"{watcher.Name}: changes in '{watcher.Path}' are not reported; new files are found at the next poll");
        }
        return findings.ToResult(context, "The file system reports changes at once.");
    }
}
