namespace ForeignConnector.Lib.Mail;

/// <summary>What octets the message may contain: the BODY parameter of RFC 6152 and RFC 3030.</summary>
public enum BodyType
{
    /// <summary>The parameter is absent. Treated as <see cref="EightBitMime"/>: octets pass, line ends become CRLF.</summary>
    Unspecified,

    /// <summary><c>7BIT</c></summary>
    SevenBit,

    /// <summary><c>8BITMIME</c></summary>
    EightBitMime,

    /// <summary><c>BINARYMIME</c>: not a single octet may change, a bare LF included (PU-12).</summary>
    BinaryMime,
}
