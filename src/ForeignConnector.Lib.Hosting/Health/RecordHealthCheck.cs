using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Is the message tracking log written, and complete? Mail goes on without it.</summary>
internal sealed class RecordHealthCheck(MessageTrackingLog? log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        if (log is null)
            return Task.FromResult(findings.ToResult(context, "The message tracking log is off."));
        findings.Show("dropped", log.Dropped);
        if (log.IsFailing)
            findings.Degraded("the message tracking log cannot be written");
        if (log.Dropped > 0)
            findings.Degraded(FormattableString.Invariant($"the message tracking log misses {log.Dropped} events since the start"));
        return Task.FromResult(findings.ToResult(context, "The message tracking log is written."));
    }
}
