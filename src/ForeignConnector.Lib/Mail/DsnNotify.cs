namespace ForeignConnector.Lib.Mail;

/// <summary>When the sender wants to hear about a recipient: the NOTIFY parameter of RFC 3461, section 4.1.</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>
    /// The parameter is absent. Failures are reported, delays may be, and DR-8 allows a <c>relayed</c> report; never a <c>delivered</c>
    /// one.
    /// </summary>
    Unspecified = 0,

    /// <summary>No report whatever happens. Excludes the others.</summary>
    Never = 1,

    /// <summary>Report delivery or relaying.</summary>
    Success = 2,

    /// <summary>Report failure.</summary>
    Failure = 4,

    /// <summary>Report delay.</summary>
    Delay = 8,
}
