using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>How a <see cref="DropDirectoryConnector"/> writes. Exchange's parameter names where Exchange has the parameter.</summary>
public sealed class DropDirectoryOptions
{
    /// <summary>The connector's name, for logs.</summary>
    public required string Name { get; set; }

    /// <summary>The directory, as a full path (DR-1). On the queue's volume nothing is copied: the queue file gets another name.</summary>
    public required string DropDirectory { get; set; }

    /// <summary>Create the directory when it is missing (DR-2).</summary>
    /// <value>Default false: messages wait until somebody creates it.</value>
    public bool CreateDropDirectory { get; set; }

    /// <summary>
    /// The most octets all <c>.eml</c> files in the directory may have together; what would exceed it is deferred (DR-6).
    /// </summary>
    /// <value>Default unlimited.</value>
    public ByteSize DropDirectoryQuota { get; set; } = ByteSize.Unlimited;

    /// <summary>The largest message, without the X-header block (DR-7). 0 disables the connector.</summary>
    /// <value>Default unlimited.</value>
    public ByteSize MaxMessageSize { get; set; } = ByteSize.Unlimited;

    /// <summary>
    /// Success is <see cref="RecipientAction.Relayed"/> for all recipients: the sender hears of those without NOTIFY too (DR-8).
    /// </summary>
    /// <value>Default false: only for recipients with NOTIFY=SUCCESS (ND-6).</value>
    public bool RelayDsnRequired { get; set; }

    /// <summary>What a delivered file survives (DR-9).</summary>
    /// <value>Default <see cref="Durability.Grouped"/>.</value>
    public Durability Durability { get; set; } = Durability.Grouped;

    /// <summary>The mode of delivered files, exactly, whatever the umask; their group is that of the directory where the system allows it
    /// (DR-10, DR-11). Windows has no modes, and a default POSIX ACL of the directory decides within this one.</summary>
    /// <value>Default 0640: the owner, and the group to read.</value>
    public UnixFileMode DropFileMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary><c>X-CreatedBy</c> for messages that come without one (EN-9).</summary>
    /// <value>Default <c>ForeignConnector.Lib</c>.</value>
    public string CreatedBy { get; set; } = ProductInfo.Name;
}

/// <summary>What a delivered file survives (DR-9). A crash of the process harms none of them.</summary>
public enum Durability
{
    /// <summary>
    /// A power cut, once the delivery is reported. Deliveries that happen together share one flush of the volume and one of the directory;
    /// a lone one is flushed like <see cref="PerMessage"/>. The default.
    /// </summary>
    Grouped,

    /// <summary>
    /// A power cut, once the delivery is reported. File and directory are flushed for each message on its own, one at a time: slower, and
    /// files appear in order.
    /// </summary>
    PerMessage,

    /// <summary>
    /// Not a power cut: nothing is flushed, and files that were reported as delivered may be gone, empty or cut off afterwards, for as long
    /// as the system takes to write them by itself (on Linux half a minute or so).
    /// </summary>
    None,
}
