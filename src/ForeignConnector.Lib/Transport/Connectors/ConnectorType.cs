using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport.Connectors;

/// <summary>
/// A kind of connector that a package brings. A connector of the configuration names it in <see cref="ConnectorOptions.DeliveryProtocol"/>;
/// its settings stand in a section of that name beside it, and are bound, validated and followed like all others (CN-3). Immutable.
/// </summary>
/// <remarks>
/// A connector is made when the configuration that has it comes into force, once for all its recipients. It is made anew when one of its
/// settings changed; the old one is disposed, if it is
/// <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>, when its last attempt has ended (CN-4).
/// </remarks>
public sealed class ConnectorType
{
    private readonly Func<object> _settings;
    private readonly Func<ConnectorContext, object, IForeignConnector?> _connect;
    private readonly Func<object, IEnumerable<string>> _check;

    private ConnectorType(
        string name, IReadOnlyList<ConfigurationKey> keys,
            Type settingsType, Func<object> settings, Func<ConnectorContext, object, IForeignConnector?> connect,
        Func<object, IEnumerable<string>> check)
    {
        Name = name;
        Keys = keys;
        SettingsType = settingsType;
        _settings = settings;
        _connect = connect;
        _check = check;
    }

    /// <summary>The protocol it serves, which is also the name of its section. Compares without case.</summary>
    public string Name { get; }

    /// <summary>The keys of its section.</summary>
    public IReadOnlyList<ConfigurationKey> Keys { get; }

    /// <summary>True when it makes delivery agents: the limits of connections concern it (CN-1).</summary>
    internal bool IsAgent { get; private init; }

    /// <summary>The type of its settings.</summary>
    internal Type SettingsType { get; }

    /// <summary>A kind of connector.</summary>
    /// <param name="name">The protocol it serves: 1 to 64 characters without control characters and without <c>:</c> (DA-2).</param>
    /// <param name="keys">The keys of its section.</param>
    /// <param name="connect">Makes a connector. What it throws, or null, is an error of the configuration.</param>
    /// <param name="check">
    /// Says what is wrong with settings as a whole: texts that begin with a key of the section, such as <c>Port: …</c>. Null when the table
    /// says everything.
    /// </param>
    /// <typeparam name="TSettings">Its settings; a new object has the defaults.</typeparam>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public static ConnectorType Create<TSettings>(
        string name, ConfigurationTable<TSettings> keys, Func<ConnectorContext, TSettings, IForeignConnector> connect, Func<TSettings,
        IEnumerable<string>>? check = null)
        where TSettings : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(connect);
        if (name.Length > 64 || name.Any(c => char.IsControl(c) || c == ':'))
            throw new ArgumentException(
                "The name of a kind of connector has at most 64 characters, no control characters and no ':'.", nameof(name));
        return new ConnectorType(
            name, keys, typeof(TSettings), () => new TSettings(), (context, settings) => connect(context, (TSettings)settings),
            settings => check?.Invoke((TSettings)settings) ?? []);
    }

    /// <summary>A kind of delivery agent: what it makes delivers over connections (DA-2, CN-1).</summary>
    /// <param name="name">The protocol it serves: 1 to 64 characters without control characters and without <c>:</c> (DA-2).</param>
    /// <param name="keys">The keys of its section.</param>
    /// <param name="create">Makes an agent for one connector. What it throws, or null, is an error of the configuration.</param>
    /// <param name="check">
    /// Says what is wrong with settings as a whole: texts that begin with a key of the section, such as <c>Port: …</c>. Null when the table
    /// says everything.
    /// </param>
    /// <typeparam name="TSettings">Its settings; a new object has the defaults.</typeparam>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public static ConnectorType CreateAgent<TSettings>(
        string name, ConfigurationTable<TSettings> keys, Func<ConnectorContext, TSettings, IDeliveryAgent> create,
        Func<TSettings, IEnumerable<string>>? check = null)
        where TSettings : class, new()
    {
        ArgumentNullException.ThrowIfNull(create);
        var plain = Create(name, keys, (context, settings) => create(context, settings) is { } agent
            ? new DeliveryAgentConnector(agent, context.Agent!, context.Time, context.Loggers.CreateLogger<DeliveryAgentConnector>())
            : null!, check);
        return new ConnectorType(plain.Name, plain.Keys, plain.SettingsType, plain._settings, plain._connect, plain._check)
        {
            IsAgent = true,
        };
    }

    /// <summary>Settings with all their defaults.</summary>
    public object CreateSettings() => _settings();

    /// <summary>A connector with settings; null when the factory gave none.</summary>
    internal IForeignConnector? Connect(ConnectorContext context, object settings) => _connect(context, settings);

    /// <summary>What is wrong with settings, each text with the key in the section.</summary>
    internal IEnumerable<string> Problems(object settings) => _check(settings);

    /// <summary>True when two settings have equal values for every key.</summary>
    internal bool AreEqual(object settings, object others) =>
        ReferenceEquals(settings, others) || Keys.All(key => Equals(key.ValueOf(settings), key.ValueOf(others)));
}
