using System.Collections.Frozen;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Transport.Connectors;

/// <summary>
/// Makes a <see cref="TransportSnapshot"/> of validated options, and owns the connectors of factories and of <see cref="ConnectorType"/>s:
/// one outlives a change of the configuration that leaves it as it is. Not thread-safe.
/// </summary>
internal sealed class ConnectorSet
{
    private readonly TransportServices _services;
    private readonly IConnectionTrail _connections;
    private readonly Func<bool> _isQueueShared;
    private Dictionary<string, Owned> _owned = new(StringComparer.OrdinalIgnoreCase);

    public ConnectorSet(TransportServices services, IConnectionTrail connections, Func<bool> isQueueShared)
    {
        (_services, _connections, _isQueueShared) = (services, connections, isQueueShared);
        var logger = services.Loggers.CreateLogger<ConnectorSet>();
        Uses = new ConnectorUses((e, connector) => logger.ConnectorNotDisposed(e, connector.GetType().Name));
    }

    /// <summary>Counts the attempts of the connectors.</summary>
    public ConnectorUses Uses { get; }

    /// <summary>Makes what options describe, and keeps connectors that are the same as before.</summary>
    /// <param name="options">Validated options.</param>
    /// <returns>The snapshot, and what puts it in force: called once, it retires the connectors that are no longer used.</returns>
    /// <exception cref="OptionsValidationException">A factory gave null. Nothing has changed.</exception>
    public (TransportSnapshot Snapshot, Action Commit) Prepare(ForeignConnectorOptions options)
    {
        var made = new Dictionary<string, Owned>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<string>();
        try
        {
            var snapshot = CreateSnapshot(options, made, errors);
            if (errors.Count > 0)
                throw new OptionsValidationException(Options.DefaultName, typeof(ForeignConnectorOptions), errors);
            return (snapshot, () => Commit(made));
        }
        catch
        {
            Retire(made.Values, _owned.Values);
            throw;
        }
    }

    /// <summary>Retires every connector; ends with the disposal of those that are not in use.</summary>
    public Task RetireAllAsync()
    {
        var all = Retire(_owned.Values, []);
        _owned = [];
        return all;
    }

    private static bool IsUsed(ConnectorOptions options, TransportOptions transport) =>
        options.Enabled && options.MaxMessageSize.Octets > 0
        && (options.SourceTransportServers.Count == 0
            || options.SourceTransportServers.Contains(transport.ServerName, StringComparer.OrdinalIgnoreCase));

    private static ConnectorDefinition Definition(string name, ConnectorOptions options) => new()
    {
        Name = name,
        AddressSpaces = [.. options.AddressSpaces.Select(AddressSpace.Parse)],
        Enabled = options.Enabled,
        IsScopedConnector = options.IsScopedConnector,
        SourceTransportServers = [.. options.SourceTransportServers],
        MaxMessageSize = options.MaxMessageSize,
    };

    private TransportSnapshot CreateSnapshot(ForeignConnectorOptions options, Dictionary<string, Owned> made, List<string> errors)
    {
        var paths = new TransportPaths(options.Transport, _services.Files);
        var selector = new ConnectorSelector(
            options.Connectors.Select(pair => Definition(pair.Key, pair.Value)), TopologyFactory.Create(options.Transport));
        // A connector that is not in use, or not here, delivers nothing: its queued messages are routed again (RT-8).
        var connectors = new List<KeyValuePair<string, IForeignConnector>>();
        foreach (var (name, connector) in options.Connectors.Where(pair => IsUsed(pair.Value, options.Transport)))
        {
            if (Connector(name, connector, paths, options.Transport, made) is { } found)
                connectors.Add(KeyValuePair.Create(name, found));
            else
            {
                var key = connector.Factory is null ? "DeliveryProtocol" : "Factory";
                errors.Add($"Connectors:{name}:{key}: the factory returned no connector, but null");
            }
        }
        return new TransportSnapshot(selector, connectors, options.Transport.AcceptedDomains)
        {
            ConnectorsElsewhere = !_isQueueShared() ? FrozenSet<string>.Empty : options.Connectors
                .Where(pair => pair.Value.Enabled && pair.Value.MaxMessageSize.Octets > 0 && !IsUsed(pair.Value, options.Transport))
                .Select(pair => pair.Key).ToFrozenSet(),
            AddressMappings = [.. AddressMappingFactory.Create(options.Transport)],
            DefaultDomain = AddressMappingFactory.Domain(options.Transport),
            DeliveryTimeouts = options.Connectors.ToDictionary(
                pair => pair.Key, pair => pair.Value.DeliveryTimeout, StringComparer.OrdinalIgnoreCase),
            DeliveryProtocols = options.Connectors.Where(pair => pair.Value.DeliveryProtocol is not null).ToDictionary(
                pair => pair.Key, pair => pair.Value.DeliveryProtocol!.ToUpperInvariant(), StringComparer.OrdinalIgnoreCase),
        };
    }

    // Null when a factory gave null.
    private IForeignConnector? Connector(
        string name, ConnectorOptions options, TransportPaths paths, TransportOptions transport, Dictionary<string, Owned> made)
    {
        if (options.IsDrop)
            return Drop(name, options, paths, transport);
        var type = options.Factory is null ? _services.ConnectorTypeOf(options) : null;
        if (options.Factory is null && type is null)
            return new UnservedConnector(options.DeliveryProtocol!);
        var agent = type is { IsAgent: true } ? AgentOptions(name, options) : null;
        if (!_owned.TryGetValue(name, out var owned) || owned.Type != type || owned.Agent != agent
            || (type is not null && !type.AreEqual(owned.Settings!, options.Settings!)))
        {
            var connector = type is null
                ? options.Factory!(_services.Provider)
                : type.Connect(Context(name, AgentOptions(name, options), paths, transport), options.Settings!);
            if (connector is null)
                return null;
            owned = new Owned(connector, type, options.Settings, agent);
        }
        made[name] = owned;
        return owned.Connector;
    }

    private DropDirectoryConnector Drop(string name, ConnectorOptions options, TransportPaths paths, TransportOptions transport) => new(
        new DropDirectoryOptions
        {
            Name = name,
            DropDirectory = paths.Drop(name, options)!,
            CreateDropDirectory = options.CreateDropDirectory,
            DropDirectoryQuota = options.DropDirectoryQuota,
            MaxMessageSize = options.MaxMessageSize,
            RelayDsnRequired = options.RelayDsnRequired,
            Durability = options.Durability,
            DropFileMode = options.DropFileMode,
            CreatedBy = transport.CreatedBy,
        },
        _services.Files,
        _services.Loggers.CreateLogger<DropDirectoryConnector>());

    private static DeliveryAgentOptions AgentOptions(string name, ConnectorOptions options) => new()
    {
        Name = name,
        DeliveryProtocol = (options.DeliveryProtocol ?? "").ToUpperInvariant(),
        NextHopDomain = AddressSpace.Parse(options.AddressSpaces[0]).NextHopDomain,
        MaxConcurrentConnections = options.MaxConcurrentConnections,
        MaxMessagesPerConnection = options.MaxMessagesPerConnection,
        ConnectionIdleTimeout = options.ConnectionIdleTimeout,
    };

    private ConnectorContext Context(string name, DeliveryAgentOptions agent, TransportPaths paths, TransportOptions transport) => new()
    {
        Name = name,
        Agent = agent,
        Connections = _connections,
        ServerName = transport.ServerName,
        BaseDirectory = paths.Base,
        Files = _services.Files,
        Time = _services.Time,
        Loggers = _services.Loggers,
        Services = _services.Provider,
    };

    private void Commit(Dictionary<string, Owned> made)
    {
        var before = _owned;
        _owned = made;
        foreach (var owned in made.Values)
            Uses.Add(owned.Connector);
        _ = Retire(before.Values, made.Values);
    }

    private Task Retire(IEnumerable<Owned> some, IEnumerable<Owned> kept)
    {
        var stay = kept.Select(owned => owned.Connector).ToHashSet(ReferenceEqualityComparer.Instance);
        IForeignConnector[] leaving = [.. some.Select(owned => owned.Connector)
            .Where(connector => !stay.Contains(connector)).Distinct(ReferenceEqualityComparer.Instance).Cast<IForeignConnector>()];
        foreach (var connector in leaving)
            Uses.AddIfNew(connector);
        return Task.WhenAll(leaving.Select(Uses.RetireAsync));
    }

    private sealed record Owned(IForeignConnector Connector, ConnectorType? Type, object? Settings, DeliveryAgentOptions? Agent);
}
