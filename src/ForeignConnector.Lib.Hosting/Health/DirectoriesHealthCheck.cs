using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Are the directories there, can they be written to, do renames work in the queue, and are deliveries renames? Without the queue, Pickup or Replay mail stops; without
/// a Drop directory it waits. Nothing is created where others look.
/// </summary>
internal sealed class DirectoriesHealthCheck(TransportDirectories directories, DirectoryProbe probe, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        var queue = probe.TryOwnAsync(directories.Queue.Path, cancellationToken);
        // All at once: the wait for those that do not answer is the same wait.
        var intake = directories.Intake.Select(directory => (directory.Name, directory.Path, Wrong: probe.LookAsync(directory.Path, cancellationToken))).ToArray();
        var drops = directories.Drops.Select(drop => (drop.Name, drop.Connector, Wrong: probe.LookAsync(drop.Connector.DropDirectory, cancellationToken))).ToArray();
        foreach (var (name, path, wrong) in intake.Prepend((directories.Queue.Name, directories.Queue.Path, queue)))
        {
            findings.Show(name, path);
            if (await wrong.ConfigureAwait(false) is { } text)
                findings.Unhealthy($"{name}: '{path}' {text}");
        }
        foreach (var (name, connector, wrong) in drops)
        {
            findings.Show(name, connector.DropDirectory);
            var text = await wrong.ConfigureAwait(false) ?? (connector.IsOut ? "does not take messages" : null);
            await JudgeAsync(findings, name, connector, text, cancellationToken).ConfigureAwait(false);
        }
        return findings.ToResult(context, "All directories are there and can be written to.");
    }

    private async Task JudgeAsync(Findings findings, string name, Delivery.Drop.DropDirectoryConnector connector, string? wrong, CancellationToken cancellationToken)
    {
        var path = connector.DropDirectory;
        if (wrong is not null)
        {
            if (!(connector.CreatesDirectory && wrong == DirectoryProbe.Missing))
                findings.Degraded($"{name}: '{path}' {wrong}; its messages wait in the queue");
        }
        else if (options.ExpectOneVolume && !await probe.AreOnOneVolumeAsync(directories.Queue.Path, path, cancellationToken).ConfigureAwait(false))
        {
            findings.Degraded($"{name}: '{path}' is on another volume than the queue; deliveries copy instead of renaming");
        }
    }
}
