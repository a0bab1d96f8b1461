using ForeignConnector.Lib.Transport.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Does anything wait for too long: in Pickup and Replay for us, in the queue for a connector, in a Drop directory for its gateway?
/// </summary>
internal sealed class BacklogHealthCheck(TransportHealth health, ForeignConnectorHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        foreach (var waiting in await health.LookForBacklogAsync(cancellationToken).ConfigureAwait(false))
        {
            if (waiting.Messages is { } messages)
                findings.Show($"{waiting.Place}, messages", messages);
            findings.Show($"{waiting.Place}, oldest", waiting.OldestAge);
            var limit = Limit(waiting.Kind);
            if (waiting.OldestAge > limit)
            {
                var what = waiting.FileName is { } file ? $"\"{file}\"" : "a message";
                findings.Degraded($"{waiting.Place}: {what} has waited for {waiting.OldestAge:c}, more than {limit:c}");
            }
        }
        return findings.ToResult(context, "Nothing waits for too long.");
    }

    private TimeSpan Limit(TransportDirectoryKind kind) => kind switch
    {
        TransportDirectoryKind.Intake => options.OldestIntakeFile,
        TransportDirectoryKind.Drop => options.OldestDropFile,
        _ => options.OldestQueueEntry,
    };
}
