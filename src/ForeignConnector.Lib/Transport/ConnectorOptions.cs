using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Transport;

/// <summary>One entry of the section <c>Connectors</c>; its key is the connector's name. Exchange's parameter names.</summary>
public sealed class ConnectorOptions
{
    /// <summary>What the connector takes: <c>[Type:]Space[;Cost]</c> (AS-1). At least one.</summary>
    public IList<string> AddressSpaces { get; } = [];

    /// <summary>
    /// The kind of connector that delivers: the name of a registered <see cref="Connectors.ConnectorType"/>, without case.
    /// What waits for a kind that nobody registered is deferred with 4.3.5, never failed (DA-4). The options of Drop directories mean
    /// nothing beside it, and are refused (CN-3).
    /// </summary>
    /// <value>Default null: a Drop directory. 1 to 64 characters without control characters (DA-2).</value>
    public string? DeliveryProtocol { get; set; }

    /// <summary>
    /// The settings of the kind of connector: an object of the type that its <see cref="Connectors.ConnectorType"/> wants. From a
    /// configuration they are read from the section of the kind's name.
    /// </summary>
    /// <value>Default null: the settings of the kind with all their defaults.</value>
    public object? Settings { get; set; }

    /// <summary>The Drop directory: below RootDropDirectoryPath, or an absolute path (DR-1).</summary>
    /// <value>Default: the connector's name.</value>
    public string? DropDirectory { get; set; }

    /// <summary>The most octets the message files in the Drop directory may have together (DR-6).</summary>
    /// <value>Default unlimited.</value>
    public ByteSize DropDirectoryQuota { get; set; } = ByteSize.Unlimited;

    /// <summary>The largest message (DR-7). 0 disables the connector.</summary>
    /// <value>Default unlimited.</value>
    public ByteSize MaxMessageSize { get; set; } = ByteSize.Unlimited;

    /// <summary>Tell senders that their message was relayed also where they did not ask with NOTIFY=SUCCESS (DR-8, ND-6).</summary>
    /// <value>Default false.</value>
    public bool RelayDsnRequired { get; set; }

    /// <summary>Whether the connector is chosen at all.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Only servers of the sites of its source servers use the connector.</summary>
    /// <value>Default false.</value>
    public bool IsScopedConnector { get; set; }

    /// <summary>The servers that deliver for the connector (RT-7).</summary>
    /// <value>Default: this server.</value>
    public IList<string> SourceTransportServers { get; } = [];

    /// <summary>Create the Drop directory when it is missing (DR-2).</summary>
    /// <value>Default false.</value>
    public bool CreateDropDirectory { get; set; }

    /// <summary>What a delivered file survives (DR-9).</summary>
    /// <value>Default <see cref="Durability.Grouped"/>.</value>
    public Durability Durability { get; set; } = Durability.Grouped;

    /// <summary>The mode of delivered files, in the configuration as octal digits (DR-10).</summary>
    /// <value>Default 0640: the owner, and the group to read.</value>
    public UnixFileMode DropFileMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>How long one delivery may take; then it is cancelled and the message deferred (RY-2).</summary>
    /// <value>Default 10 minutes; 1 second to 1 day.</value>
    public TimeSpan DeliveryTimeout { get; set; } = TransportSnapshot.DefaultDeliveryTimeout;

    /// <summary>The most connections of a delivery agent that are open at a time (DA-5).</summary>
    /// <value>Default 5; 1 to 1000.</value>
    public int MaxConcurrentConnections { get; set; } = 5;

    /// <summary>The most messages that go over one connection of a delivery agent (DA-7).</summary>
    /// <value>Default 20; at least 1.</value>
    public int MaxMessagesPerConnection { get; set; } = 20;

    /// <summary>How long a connection of a delivery agent waits for the next message until it is closed (DA-9).</summary>
    /// <value>Default 2 seconds; 0 to 1 hour.</value>
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>For people.</summary>
    public string? Comment { get; set; }

    /// <summary>
    /// Makes a connector of your own in place of a Drop directory; from code only. It is called once while the name is in the configuration
    /// and in use, with <see cref="TransportServices.Provider"/>. The connector belongs to the transport: one that is
    /// <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed when it is no longer used and its last attempt has ended, or
    /// with the transport. A factory that returns null is an error of the configuration.
    /// </summary>
    /// <value>Default null: a <see cref="DropDirectoryConnector"/>.</value>
    public Func<IServiceProvider, IForeignConnector>? Factory { get; set; }

    /// <summary>True when messages go to a Drop directory.</summary>
    internal bool IsDrop => Factory is null && DeliveryProtocol is null;
}
