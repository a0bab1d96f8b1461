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

    /// <summary>Its header, because not every mail system passes on what it holds: a CR alone, NUL, or a line over 998 octets
    /// (ND-5).</summary>
    HeaderOfBinaryMessage,

    /// <summary>Nothing, because even the header is too large (RT-9).</summary>
    Nothing,
}
