using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Routing.Tables;

namespace ForeignConnector.Lib.Routing;

/// <summary>
/// What <see cref="ConnectorSelector.Select"/> decided about one recipient. A value that refers to the configuration it was made with;
/// a later configuration does not change it. Only <see cref="ConnectorSelector"/> makes decisions.
/// </summary>
public readonly struct RouteDecision : IEquatable<RouteDecision>
{
    private readonly ConnectorSelector? _selector;
    private readonly RoutingAddress? _recipient;
    private readonly SpaceEntry? _entry;
    private readonly bool _tooSmall;

    internal RouteDecision(ConnectorSelector selector, RoutingAddress recipient, long messageSize, SpaceEntry? entry, bool tooSmall)
    {
        _selector = selector;
        _recipient = recipient;
        _entry = entry;
        MessageSize = messageSize;
        Outcome = entry is not null ? RouteOutcome.Route
            : recipient.IsSmtp && !tooSmall ? RouteOutcome.Unreachable
            : RouteOutcome.Failed;
        _tooSmall = tooSmall;
    }

    /// <summary>The recipient.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, not a decision.</exception>
    public RoutingAddress Recipient => _recipient ?? throw NotADecision();

    /// <summary>The size of the message in octets.</summary>
    public long MessageSize { get; }

    /// <summary>Whether a connector takes the recipient, and if not, what to do.</summary>
    public RouteOutcome Outcome { get; }

    /// <summary>The name of the connector that takes the recipient; null unless <see cref="RouteOutcome.Route"/>.</summary>
    public string? Connector => _entry?.Connector.Name;

    /// <summary>The address space that matched best; null unless <see cref="RouteOutcome.Route"/>.</summary>
    public AddressSpace? Space => _entry?.Space;

    /// <summary>The aggregate cost, of the address space and of the site path (RT-3); null unless
    /// <see cref="RouteOutcome.Route"/>.</summary>
    public int? Cost => _entry?.Cost;

    /// <summary>The source server that has to deliver; null when this server does, or when there is no route (RT-7).</summary>
    public string? DeliveryServer => _entry?.Connector.DeliveryServer;

    /// <summary>5.3.4 or 5.1.2 when the outcome is <see cref="RouteOutcome.Failed"/> (RT-4), else null.</summary>
    public EnhancedStatusCode? Status => Outcome == RouteOutcome.Failed ? Failure.Code : null;

    /// <summary>The outcome as one sentence that is safe to show to the sender.</summary>
    public string Text => Outcome switch
    {
        RouteOutcome.Route when DeliveryServer is not null => DeliveryStatus.OtherServer.Text,
        RouteOutcome.Route => "A connector takes this recipient.",
        RouteOutcome.Unreachable => DeliveryStatus.Unreachable.Text,
        _ => Failure.Text,
    };

    /// <summary>Why: every connector that was considered and the rule that dropped or ranked it (RT-6). Computed on each call.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, not a decision.</exception>
    public RouteExplanation Explain() =>
        _selector is null ? throw NotADecision() : new RouteExplanation(this, _selector.Candidates(Recipient, MessageSize));

    /// <summary>True when both were made by one selector for equal recipients and sizes, and so are the same.</summary>
    public bool Equals(RouteDecision other) =>
        ReferenceEquals(_selector, other._selector) && Equals(_recipient, other._recipient) && MessageSize == other.MessageSize;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RouteDecision other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_recipient, MessageSize);

    /// <summary>True when both are the same decision.</summary>
    public static bool operator ==(RouteDecision left, RouteDecision right) => left.Equals(right);

    /// <summary>True when they differ.</summary>
    public static bool operator !=(RouteDecision left, RouteDecision right) => !left.Equals(right);

    /// <summary>The outcome on one line, for people.</summary>
    public override string ToString() => Outcome switch
    {
        RouteOutcome.Route when DeliveryServer is { } server => $"Route to {Connector} on {server} ({Space}, cost {Cost})",
        RouteOutcome.Route => $"Route to {Connector} ({Space}, cost {Cost})",
        RouteOutcome.Failed => $"Failed {Status}: {Text}",
        _ => $"Unreachable: {Text}",
    };

    private DeliveryStatus Failure => _tooSmall ? DeliveryStatus.TooBigForRoute
        : _recipient is { Type: RoutingAddress.X400Type, Attributes: null } ? DeliveryStatus.MalformedX400
        : DeliveryStatus.NoConnector;

    private static InvalidOperationException NotADecision() => new("a default RouteDecision was not made by a ConnectorSelector");
}

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
