namespace ForeignConnector.Lib.Delivery.Drop;

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
