using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// A domain whose local parts are addresses of another type (IM-5): with <c>fax.contoso.com</c> mapped to <c>FAX</c>, mail to
/// <c>4930123@fax.contoso.com</c> goes where mail to <c>FAX:4930123</c> goes, so that any mail client reaches a gateway. Immutable.
/// </summary>
public sealed class AddressMapping
{
    private static readonly string[] NumberTypes = ["FAX", "SMS", "MOBILE"];

    /// <summary>A mapping.</summary>
    /// <param name="domain">The domain. Its subdomains are not meant.</param>
    /// <param name="type">The type that its local parts have: letters and digits. Not SMTP and not X500.</param>
    /// <exception cref="MailFormatException">The domain or the type is none, or the type is refused (IM-2).</exception>
    public AddressMapping(string domain, string type)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(type);
        Domain = RoutingAddress.Smtp("a@" + domain).Domain!;
        // Delivered, the address is wrapped; what cannot be wrapped must not be configured.
        Imcea.Encode(type, "1", Domain);
        Type = type.ToUpperInvariant();
        IsNumber = NumberTypes.Contains(Type, StringComparer.Ordinal);
    }

    /// <summary>The domain, as A-labels in lower case.</summary>
    public string Domain { get; }

    /// <summary>The type, in upper case.</summary>
    public string Type { get; }

    /// <summary>
    /// What takes the place of a single leading <c>0</c> of a number: <c>+</c> and a country code, digits alone, or nothing.
    /// </summary>
    /// <value>Default empty: the <c>0</c> stays.</value>
    /// <exception cref="MailFormatException">It is something else.</exception>
    public string Prefix
    {
        get;
        init => field = value is "" || IsPlainNumber(value)
            ? value
            : throw new MailFormatException("IM-5", $"the prefix '{value}' must be digits, with or without a '+' in front");
    } = "";

    /// <summary>
    /// True when a local part must be a number: blanks, dots, hyphens, slashes and brackets go, <c>00</c> in front becomes <c>+</c>, a
    /// single <c>0</c> becomes <see cref="Prefix"/>; what is no number then is refused.
    /// </summary>
    /// <value>Default true for FAX, SMS and MOBILE.</value>
    public bool IsNumber { get; init; }

    /// <summary>The address that a local part stands for.</summary>
    /// <param name="localPart">What stands before the <c>@</c>, in quotes or not.</param>
    /// <exception cref="MailFormatException">
    /// It is no number, where it must be one (IM-5), or cannot stand in an address (EN-7).
    /// </exception>
    public RoutingAddress Map(string localPart)
    {
        ArgumentNullException.ThrowIfNull(localPart);
        var text = Unquoted(localPart);
        return RoutingAddress.Create(Type, IsNumber ? Number(text) : EnvelopeText.Writable(text, "the address"));
    }

    private static string Unquoted(string localPart)
    {
        if (localPart is not ['"', .., '"'] || localPart.Length < 2)
            return localPart;
        var text = new StringBuilder(localPart.Length);
        for (var i = 1; i < localPart.Length - 1; i++)
        {
            if (localPart[i] == '\\')
                i++;
            text.Append(localPart[i]);
        }
        return text.ToString();
    }

    private string Number(string text)
    {
        var bare = string.Concat(WithoutTrunkZero(text).Where(c => !IsOrnament(c)));
        var number = bare.StartsWith("00", StringComparison.Ordinal) ? "+" + bare[2..]
            : bare.StartsWith('0') && Prefix.Length > 0 ? Prefix + bare[1..]
            : bare;
        return IsPlainNumber(number)
            ? number
            : throw new MailFormatException("IM-5", $"'{text}' is not a number") { Quoted = text };
    }

    // In '+49 (0)30 123' the zero is the one that nobody dials from abroad.
    private static string WithoutTrunkZero(string text) =>
        text.TrimStart() is ['+', ..] or ['0', '0', ..] ? text.Replace("(0)", "", StringComparison.Ordinal) : text;

    // People paste numbers out of letters, where blanks and hyphens are not those of ASCII.
    private static bool IsOrnament(char c) =>
        c is '.' or '/' or '(' or ')' or '[' or ']' or '{' or '}' || char.IsWhiteSpace(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DashPunctuation;

    private static bool IsPlainNumber(string text) =>
        text.AsSpan().TrimStart('+') is { IsEmpty: false } digits && digits.Length >= text.Length - 1
        && !digits.ContainsAnyExceptInRange('0', '9');
}
