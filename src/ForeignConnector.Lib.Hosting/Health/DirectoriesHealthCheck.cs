using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Are the directories there, can they be written to, do renames work in the queue, and are deliveries renames? Without the queue, Pickup
/// or Replay mail stops; without a Drop directory it waits. Nothing is created where others look.
/// </summary>
internal sealed class DirectoriesHealthCheck(TransportHealth health, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var directory in await health.LookAtDirectoriesAsync(options.ExpectOneVolume, cancellationToken).ConfigureAwait(false))
        {
            findings.Show(directory.Name, directory.Path);
            Judge(findings, directory);
        }
        return findings.ToResult(context, "All directories are there and can be written to.");
    }

    private static void Judge(Findings findings, DirectoryHealth directory)
    {
        if (directory is { Trouble: { } trouble, Kind: TransportDirectoryKind.Drop })
            findings.Degraded($"{directory.Name}: '{directory.Path}' {trouble}; its messages wait in the queue");
        else if (directory.Trouble is { } wrong)
            findings.Unhealthy($"{directory.Name}: '{directory.Path}' {wrong}");
        else if (!directory.IsOnVolumeOfQueue)
            findings.Degraded(
                $"{directory.Name}: '{directory.Path}' is on another volume than the queue; deliveries copy instead of renaming");
    }
}
