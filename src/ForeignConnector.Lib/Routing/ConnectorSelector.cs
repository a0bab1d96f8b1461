using System.Collections.Frozen;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing.Tables;

namespace ForeignConnector.Lib.Routing;

/// <summary>
/// Chooses the connector for a recipient by the rules RT-1 to RT-4. Built once for a configuration and then immutable: any number of
/// threads may use it, and a new configuration is a new selector.
/// </summary>
public sealed class ConnectorSelector
{
    private readonly ConnectorEntry[] _connectors;
    private readonly SmtpSpaceTable _smtp;
    private readonly X400SpaceTable _x400;
    private readonly FrozenDictionary<string, TextSpaceTable> _others;

    /// <summary>Builds the tables; about a second for a million address spaces.</summary>
    /// <param name="connectors">Every connector of the organisation, also those that cannot be used here: they show in explanations. The
    /// order does not matter.</param>
    /// <param name="topology">Where this server and the source servers are.</param>
    /// <exception cref="ArgumentException">Something is wrong; the message lists everything that <see cref="Validate"/> finds.</exception>
    public ConnectorSelector(IEnumerable<ConnectorDefinition> connectors, TransportTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ImmutableArray<ConnectorDefinition> definitions = [.. connectors];
        RoutingProblem.ThrowIfAny(Validate(definitions, topology), nameof(connectors));
        Topology = topology;
        _connectors = ConnectorEntry.Rank(definitions, topology);
        MaxMessageSize = definitions.Select(connector => connector.MaxMessageSize.Octets).DefaultIfEmpty(long.MaxValue).Max();
        var smtp = new SmtpSpaceTable.Builder();
        var x400 = new X400SpaceTable.Builder();
        var others = new Dictionary<string, TextSpaceTable.Builder>();
        foreach (var connector in _connectors)
        {
            foreach (var space in connector.Definition.Spaces)
                BuilderFor(space.Type).Add(new SpaceEntry(connector, space));
        }
        _smtp = smtp.Build();
        _x400 = x400.Build();
        _others = others.ToFrozenDictionary(o => o.Key, o => o.Value.Build());

        ISpaceTableBuilder BuilderFor(string type)
        {
            if (type == RoutingAddress.SmtpType)
                return smtp;
            if (type == RoutingAddress.X400Type)
                return x400;
            if (!others.TryGetValue(type, out var builder))
                others.Add(type, builder = new TextSpaceTable.Builder());
            return builder;
        }
    }

    /// <summary>The largest message that any connector may ever take, in octets; those that cannot be used now count too.</summary>
    internal long MaxMessageSize { get; }

    /// <summary>Where this server and the source servers are.</summary>
    public TransportTopology Topology { get; }

    /// <summary>
    /// Everything that is wrong with a set of connectors: an empty name, names that differ only in case, no address space, a source server
    /// that is in no site. Empty when a selector can be built. The keys begin with the connector's name, or with its number (from 0) when
    /// it has none.
    /// </summary>
    public static IReadOnlyList<RoutingProblem> Validate(IEnumerable<ConnectorDefinition> connectors, TransportTopology topology) =>
        [.. ConnectorValidator.Validate(connectors, topology)];

    /// <summary>Chooses the connector for one recipient. Allocates nothing.</summary>
    /// <param name="recipient">Who the message goes to.</param>
    /// <param name="messageSize">The size of the message in octets, without an envelope (DR-7).</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public RouteDecision Select(RoutingAddress recipient, long messageSize)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentOutOfRangeException.ThrowIfNegative(messageSize);
        var best = new BestRoute(messageSize);
        Visit(recipient, ref best);
        return new RouteDecision(this, recipient, messageSize, best.Winner, best.SawTooSmall);
    }

    /// <summary>Every connector and what became of it, for an explanation (RT-6).</summary>
    internal ImmutableArray<RouteCandidate> Candidates(RoutingAddress recipient, long messageSize)
    {
        var matches = new BestMatchPerConnector(_connectors.Length);
        Visit(recipient, ref matches);
        return new CandidateRanking(messageSize).Rank(_connectors, matches);
    }

    // Shows the visitor every space that the recipient lies in, in no order. Allocates nothing.
    private void Visit<TVisitor>(RoutingAddress recipient, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        if (recipient.Domain is { } domain)
            _smtp.Visit(domain, ref visitor);
        else if (recipient.Attributes is { } attributes)
            _x400.Visit(attributes, ref visitor);
        else if (_others.TryGetValue(recipient.Type, out var table))
            table.Visit(recipient.Value.AsSpan().Trim(), ref visitor);
    }
}
