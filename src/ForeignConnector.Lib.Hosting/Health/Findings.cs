using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>What a check found: the worst of it decides, all of it is told.</summary>
internal sealed class Findings
{
    private readonly Dictionary<string, object> _data = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private HealthStatus _status = HealthStatus.Healthy;

    /// <summary>A value to show.</summary>
    public void Show(string key, object value) => _data[key] = value;

    /// <summary>Something is not as it should be, but mail is taken and kept.</summary>
    public void Degraded(string text) => Add(HealthStatus.Degraded, text);

    /// <summary>Mail cannot be taken or kept.</summary>
    public void Unhealthy(string text) => Add(HealthStatus.Unhealthy, text);

    /// <summary>The result; what is unhealthy becomes what the registration wants it to be.</summary>
    public HealthCheckResult ToResult(HealthCheckContext context, string healthyText) => new(
        _status == HealthStatus.Unhealthy ? context.Registration.FailureStatus : _status,
        _texts.Count == 0 ? healthyText : string.Join("; ", _texts),
        data: _data);

    private void Add(HealthStatus status, string text)
    {
        _texts.Add(text);
        // The enumeration counts upwards from unhealthy.
        _status = status < _status ? status : _status;
    }
}
