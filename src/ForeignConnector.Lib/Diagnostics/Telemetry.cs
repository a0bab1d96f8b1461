namespace ForeignConnector.Lib.Diagnostics;

/// <summary>The names that metrics and traces have.</summary>
public static class Telemetry
{
    /// <summary>The name of the meter and of the activity source: what <c>AddMeter</c> and <c>AddSource</c> of OpenTelemetry
    /// take.</summary>
    public const string Name = "ForeignConnector.Lib";

    internal const string Source = "foreignconnector.source";
    internal const string Outcome = "foreignconnector.outcome";
    internal const string Connector = "foreignconnector.connector";
    internal const string Place = "foreignconnector.place";
    internal const string Kind = "foreignconnector.kind";
    internal const string Report = "foreignconnector.report";
    internal const string SubmissionId = "foreignconnector.submission.id";
    internal const string DeliveryId = "foreignconnector.delivery.id";
    internal const string Recipients = "foreignconnector.recipients";
    internal const string Size = "foreignconnector.message.size";
    internal const string Attempt = "foreignconnector.attempt";

    // No connector can have this name in place of its own: it stands for none.
    internal const string Unreachable = "(unreachable)";

    internal static string NameOf(string connector) => connector.Length == 0 ? Unreachable : connector;

    internal static string NameOf(TrackingSource source) => source switch
    {
        TrackingSource.Pickup => "pickup",
        TrackingSource.Replay => "replay",
        TrackingSource.Gateway => "gateway",
        TrackingSource.Dsn => "dsn",
        TrackingSource.Queue => "queue",
        TrackingSource.Admin => "admin",
        TrackingSource.Agent => "agent",
        TrackingSource.Smtp => "smtp",
        _ => "routing",
    };
}
