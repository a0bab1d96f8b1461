using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Does the file system report changes in Pickup and Replay? Where it does not (some network mounts), files are found by polling alone (PU-1).</summary>
internal sealed class WatchersHealthCheck(
    TransportDirectories directories, DirectoryProbe probe, IFileSystem files, TimeProvider time, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        // A missing directory is told of by another check.
        foreach (var (name, path) in directories.Intake.Where(directory => files.Directory.Exists(directory.Path)))
        {
            var began = time.GetTimestamp();
            if (await IsReportedAsync(path, cancellationToken).ConfigureAwait(false))
                findings.Show(name, time.GetElapsedTime(began));
            else
                findings.Degraded($"{name}: changes in '{path}' are not reported; new files are found at the next poll");
        }
        return findings.ToResult(context, "The file system reports changes at once.");
    }

    private async ValueTask<bool> IsReportedAsync(string path, CancellationToken cancellationToken)
    {
        var seen = new WakeSignal(time);
        using var watcher = new DirectoryWatcher(files, path, seen.Set);
        if (!watcher.Start())
            return false;
        try
        {
            probe.Touch(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not writable: told of by another check, and nothing is known about events.
            return true;
        }
        return await seen.WaitAsync(options.WatcherTimeout, cancellationToken).ConfigureAwait(false);
    }
}
