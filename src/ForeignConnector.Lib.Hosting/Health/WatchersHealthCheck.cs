using System.IO.Abstractions;
using ForeignConnector.Lib.Intake.Watching;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Does the file system report changes in Pickup and Replay? Where it does not (network mounts report only what this machine does), files are found by polling
/// alone (PU-1). Nothing is written to find that out.
/// </summary>
internal sealed class WatchersHealthCheck(TransportDirectories directories, DirectoryProbe probe, IFileSystem files) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var (name, path) in directories.Intake)
        {
            // Null for a directory that is missing or does not answer: that is told of by another check.
            if (await probe.AskAsync($"watch of {path}", () => IsReported(path), (bool?)null, cancellationToken).ConfigureAwait(false) is not { } isReported)
                continue;
            findings.Show(name, isReported);
            if (!isReported)
                findings.Degraded($"{name}: changes in '{path}' are not reported; new files are found at the next poll");
        }
        return findings.ToResult(context, "The file system reports changes at once.");
    }

    private bool? IsReported(string path)
    {
        if (!files.Directory.Exists(path))
            return null;
        using var watcher = new DirectoryWatcher(files, path, () => { });
        return watcher.Start() && files.DriveInfo.New(path).DriveType != DriveType.Network;
    }
}
