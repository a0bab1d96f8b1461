namespace ForeignConnector.Lib.Smtp;

/// <summary>How a connection to a smart host is encrypted (SM-1). The certificate is checked wherever there is one.</summary>
public enum SmtpSecurity
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By STARTTLS where the smart host offers it; somebody in between can take the offer away.</summary>
    StartTlsWhenAvailable,

    /// <summary>By STARTTLS; nothing is sent to a smart host that does not offer it.</summary>
    StartTls,

    /// <summary>From the first octet on, as on port 465.</summary>
    Tls,
}
