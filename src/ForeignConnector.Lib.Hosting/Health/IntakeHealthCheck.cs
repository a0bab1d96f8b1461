using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>Does back pressure hold mail back? Every registered <see cref="IIntakeGate"/> is asked.</summary>
internal sealed class IntakeHealthCheck(IEnumerable<IIntakeGate> gates) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var gate in gates)
        {
            var scarce = Scarce(gate, findings);
            foreach (var silent in (gate as BackPressureMonitor)?.Silent ?? [])
                findings.Degraded($"the volume of {silent} does not answer");
            if (gate.Pace == IntakePace.Slow)
                findings.Degraded($"intake is slowed down{scarce}");
            else if (gate.Pace == IntakePace.Closed)
                findings.Unhealthy($"intake is stopped{scarce}");
        }
        return Task.FromResult(findings.ToResult(context, "Intake is open."));
    }

    private static string Scarce(IIntakeGate gate, Findings findings)
    {
        if (gate is not BackPressureMonitor monitor)
            return "";
        var readings = monitor.Readings;
        foreach (var reading in readings)
            findings.Show(reading.Resource, reading.Left);
        var scarce = readings.Where(reading => reading.Pace != IntakePace.Open).Select(
            reading => FormattableString.Invariant($"{reading.Resource}, {reading.Left} left"));
        return ": " + string.Join("; ", scarce);
    }
}
