using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Do connectors take messages, does something serve every protocol, and are delivery agents fast enough (DA-4, DA-13)?</summary>
internal sealed class DeliveryHealthCheck(TransportHealth health, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var (connector, protocol) in health.UnservedProtocols)
            findings.Degraded($"{connector}: no delivery agent here serves the protocol '{protocol}'; its messages wait");
        foreach (var (connector, error) in health.FailingConnectors)
            findings.Degraded($"{connector}: takes no messages: {error}");
        foreach (var (connector, latency) in health.DeliveryLatency99)
        {
            findings.Show($"{connector}, 99th percentile", latency);
            if (latency > options.DeliveryLatency99)
                findings.Degraded(
                    $"{connector}: 1 of 100 recipients waited longer than {latency:c}, more than {options.DeliveryLatency99:c}");
        }
        return Task.FromResult(findings.ToResult(context, "Every connector takes messages."));
    }
}
