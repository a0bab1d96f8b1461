using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>How many files were set aside, and has anybody looked at them?</summary>
internal sealed class SetAsideHealthCheck(TransportHealth health, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var level in await health.LookAtSetAsideAsync(cancellationToken).ConfigureAwait(false))
        {
            var name = $"{(level.IsPoison ? "poison" : "badmail")} in {level.Place}";
            findings.Show($"{name}, files", level.Files);
            if (level.Files == 0)
                continue;
            findings.Show($"{name}, oldest", level.OldestAge);
            if (level.OldestAge > options.OldestSetAsideFile)
                findings.Degraded($"{name}: a file has been aside for {level.OldestAge:c}, more than {options.OldestSetAsideFile:c}");
        }
        return findings.ToResult(context, "Nothing has been set aside for too long.");
    }
}
