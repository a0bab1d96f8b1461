namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>What a delivered file survives (DR-9).</summary>
public enum Durability
{
    /// <summary>
    /// A power cut, once the delivery is reported. Deliveries that happen together may share the flush. The default.
    /// </summary>
    Grouped,

    /// <summary>A power cut, once the delivery is reported. File and directory are flushed for each message on its own.</summary>
    PerMessage,

    /// <summary>A crash of the process, but not of the machine: nothing is flushed, and a power cut may take files that were reported as delivered.</summary>
    None,
}
