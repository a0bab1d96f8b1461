namespace ForeignConnector.Lib.Routing;

/// <summary>What routing decided about one recipient.</summary>
public enum RouteOutcome
{
    /// <summary>No connector takes this SMTP recipient now: keep the message and try again when the configuration changes (RT-4).</summary>
    Unreachable,

    /// <summary>A connector takes the recipient.</summary>
    Route,

    /// <summary>Permanent failure: report it to the sender (RT-4).</summary>
    Failed,
}
