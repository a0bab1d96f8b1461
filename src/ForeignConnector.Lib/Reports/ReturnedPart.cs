namespace ForeignConnector.Lib.Reports;

/// <summary>How much of the original a report brings back (RFC 3461, section 4.3; RFC 6522, section 3).</summary>
public enum ReturnedPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Its header, because the sender asked for no more, or because nothing failed.</summary>
    Header,

    /// <summary>Its header, because the message is too large to go back whole.</summary>
    HeaderOfLargeMessage,
}
