namespace ForeignConnector.Lib.Mail;

/// <summary>One recipient of a message with what the sender asked for it: an RCPT TO of SMTP, an <c>X-Receiver</c> line of a file (EN-2). Immutable.</summary>
public sealed record EnvelopeRecipient
{
    /// <summary>A recipient without parameters.</summary>
    /// <param name="address">The SMTP address, without angle brackets. Non-SMTP recipients as IMCEA addresses (EN-7).</param>
    /// <exception cref="MailFormatException">It is not an address.</exception>
    public EnvelopeRecipient(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        SmtpAddressSyntax.Validate(address);
        Address = address;
    }

    /// <summary>The SMTP address, without angle brackets.</summary>
    public string Address { get; }

    /// <summary>NOTIFY of RFC 3461; default <see cref="DsnNotify.Unspecified"/>.</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>ORCPT of RFC 3461; null when absent.</summary>
    public OriginalRecipient? OriginalRecipient { get; init; }
}
