namespace ForeignConnector.Lib.Mail;

/// <summary>
/// The address the sender used first, before anything rewrote it: the ORCPT parameter of RFC 3461, section 4.2, decoded.
/// </summary>
/// <param name="Type">The address type, for example <c>rfc822</c>. A value without a type is read as <c>rfc822</c> (EN-3).</param>
/// <param name="Address">The address with the xtext encoding taken off. Must not contain CR, LF or NUL (EN-7).</param>
public sealed record OriginalRecipient(string Type, string Address)
{
    /// <summary><c>type;address</c>, for people; in files the address is xtext.</summary>
    public override string ToString() => $"{Type};{Address}";
}
