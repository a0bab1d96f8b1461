using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Hosting;

/// <summary>One entry of the section <c>Connectors</c>; its key is the connector's name. Exchange's parameter names.</summary>
public sealed class ConnectorOptions
{
    /// <summary>What the connector takes: <c>[Type:]Space[;Cost]</c> (AS-1). At least one.</summary>
    public IList<string> AddressSpaces { get; } = [];

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

    /// <summary>For people.</summary>
    public string? Comment { get; set; }

    /// <summary>
    /// Makes a connector of your own in place of a Drop directory; from code only. Called once for each name; the connector lives as long
    /// as the host and belongs to the application, which disposes it if need be.
    /// </summary>
    /// <value>Default null: a <see cref="DropDirectoryConnector"/>.</value>
    public Func<IServiceProvider, IForeignConnector>? Factory { get; set; }
}
