using System.Buffers;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// The address the sender used first, before anything rewrote it: the ORCPT parameter of RFC 3461, section 4.2, decoded.
/// </summary>
/// <param name="Type">The address type, an atom without <c>+</c> and <c>=</c> of at most 64 characters, for example <c>rfc822</c>. A value
/// without a type is read as <c>rfc822</c> (EN-3).</param>
/// <param name="Address">The address with the xtext encoding taken off. Not empty; must not contain CR, LF or NUL (EN-7).</param>
/// <exception cref="MailFormatException">The type or the address is not as it must be.</exception>
public sealed record OriginalRecipient(string Type, string Address)
{
    /// <summary>The type of an address that was given without one.</summary>
    internal const string DefaultType = "rfc822";

    /// <summary>The longest type that is told apart from an address with a semicolon in it.</summary>
    internal const int MaxTypeLength = 64;

    private static readonly SearchValues<char> AtomCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*-/?^_`{|}~");

    /// <summary>The address type, for example <c>rfc822</c>.</summary>
    public string Type { get; init => field = CheckType(value); } = CheckType(Type);

    /// <summary>The address with the xtext encoding taken off.</summary>
    public string Address { get; init => field = CheckAddress(value); } = CheckAddress(Address);

    /// <summary><c>type;address</c>, for people; in files the address is xtext.</summary>
    public override string ToString() => $"{Type};{Address}";

    internal static bool IsType(ReadOnlySpan<char> type) =>
        type.Length is > 0 and <= MaxTypeLength && !type.ContainsAnyExcept(AtomCharacters);

    private static string CheckType(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return IsType(type) ? type : throw new MailFormatException(
            "EN-2", $"the type of an original recipient must be an atom such as rfc822, at most {MaxTypeLength} characters long");
    }

    private static string CheckAddress(string address)
    {
        EnvelopeText.Writable(address, "an original recipient");
        return address.Length > 0 ? address : throw new MailFormatException("EN-2", "an original recipient must have an address");
    }
}
