using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Are the directories there, can they be written to, do renames work in them, and are deliveries renames? Without the queue, Pickup or Replay mail stops; without a Drop directory
/// it waits.
/// </summary>
internal sealed class DirectoriesHealthCheck(TransportDirectories directories, DirectoryProbe probe, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var (name, path) in directories.Intake.Prepend(directories.Queue))
        {
            findings.Show(name, path);
            if (probe.Try(path) is { } wrong)
                findings.Unhealthy($"{name}: '{path}' {wrong}");
        }
        foreach (var (name, connector) in directories.Drops)
        {
            cancellationToken.ThrowIfCancellationRequested();
            findings.Show(name, connector.DropDirectory);
            CheckDrop(findings, name, connector.DropDirectory, connector.CreatesDirectory);
        }
        return Task.FromResult(findings.ToResult(context, "All directories are there and can be written to."));
    }

    private void CheckDrop(Findings findings, string name, string path, bool isCreated)
    {
        if (probe.Try(path) is { } wrong)
        {
            if (!(isCreated && wrong == DirectoryProbe.Missing))
                findings.Degraded($"{name}: '{path}' {wrong}; its messages wait in the queue");
        }
        else if (options.ExpectOneVolume && !probe.AreOnOneVolume(directories.Queue.Path, path))
        {
            findings.Degraded($"{name}: '{path}' is on another volume than the queue; deliveries copy instead of renaming");
        }
    }
}
