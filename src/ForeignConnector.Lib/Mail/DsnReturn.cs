namespace ForeignConnector.Lib.Mail;

/// <summary>How much of the message a report returns: the RET parameter of RFC 3461, section 4.3.</summary>
public enum DsnReturn
{
    /// <summary>The parameter is absent; the reporting system chooses.</summary>
    Unspecified,

    /// <summary>The whole message.</summary>
    Full,

    /// <summary>Its header only.</summary>
    Hdrs,
}
