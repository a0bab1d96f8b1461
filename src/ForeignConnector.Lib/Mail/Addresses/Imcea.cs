using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// Addresses that are not Internet mail, wrapped into Internet mail addresses so that they can stand in an envelope:
/// <c>FAX:+1 425 555 0100</c> is <c>IMCEAFAX-+2B1+20425+20555+200100@contoso.com</c> (IM-1 to IM-3).
/// </summary>
public static class Imcea
{
    /// <summary>The most octets of a wrapped local part (IM-3).</summary>
    public const int MaxLocalPartLength = 315;

    /// <summary>The most octets of a wrapped address in all (IM-3).</summary>
    public const int MaxAddressLength = 571;

    private const string Prefix = "IMCEA";

    private static readonly string[] RefusedTypes = ["SMTP", "X500"];

    private static readonly SearchValues<char> TypeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private static readonly SearchValues<byte> PlainOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=-"u8);

    /// <summary>Wraps an address whose octets are the UTF-8 form of <paramref name="value"/>.</summary>
    /// <inheritdoc cref="Encode(string, ReadOnlySpan{byte}, string)"/>
    public static string Encode(string type, string value, string domain) =>
        Encode(type, EnvelopeText.StrictUtf8.GetBytes(EnvelopeText.Writable(value, "an address")).AsSpan(), domain);

    /// <summary>Wraps an address. <see cref="Decode"/> gives the same octets back.</summary>
    /// <param name="type">The address type: letters and digits, for example <c>FAX</c>. Not SMTP and not X500.</param>
    /// <param name="value">The address itself. Every octet string that fits is wrapped, the empty one too; but what wraps nothing is an
    /// address to nobody, and <see cref="ForRouting"/> refuses it.</param>
    /// <param name="domain">The domain that stands after <c>@</c>. Its labels are not looked at more closely than those of any other
    /// address in an envelope.</param>
    /// <exception cref="MailFormatException">The type is refused (IM-2), the result is too long (IM-3), or the domain is empty, has an
    /// empty label, or holds a character that cannot stand in one (EN-2).</exception>
    public static string Encode(string type, ReadOnlySpan<byte> value, string domain)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(domain);
        CheckType(type);
        if (Prefix.Length + type.Length + 1 + value.Length > MaxLocalPartLength)
            throw TooLong();
        var address = new StringBuilder(Prefix, MaxAddressLength).Append(type).Append('-');
        foreach (var octet in value)
        {
            if (PlainOctets.Contains(octet))
                address.Append((char)octet);
            else if (octet == '/')
                address.Append('_');
            else
                address.AppendEscape('+', octet);
        }
        var result = address.Append('@').Append(domain).ToString();
        CheckLength(result);
        SmtpAddressSyntax.Validate(result);
        return result;
    }

    /// <summary>True when the local part begins with <c>IMCEA</c>, a type and <c>-</c>, whatever the domain and the rest.</summary>
    public static bool IsEncapsulated(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return TypeLength(address) > 0;
    }

    /// <summary>Unwraps an address, octet for octet.</summary>
    /// <param name="address">The wrapped address.</param>
    /// <param name="type">The address type as it stands.</param>
    /// <returns>The octets of the address.</returns>
    /// <exception cref="MailFormatException">Not a wrapped address, a refused type or a bad escape (IM-2), or too long (IM-3).</exception>
    public static byte[] Decode(string address, out string type)
    {
        ArgumentNullException.ThrowIfNull(address);
        var typeLength = TypeLength(address);
        if (typeLength == 0)
            throw new MailFormatException("IM-2", "the address does not begin with IMCEA, a type and '-'", 0);
        type = address.Substring(Prefix.Length, typeLength);
        CheckType(type);
        CheckLength(address);
        var begin = Prefix.Length + typeLength + 1;
        return DecodeValue(address.AsSpan(begin, address.LastIndexOf('@') - begin), begin);
    }

    /// <summary>
    /// The address routing works with: what is wrapped inside when the address is a wrapped one in a domain of ours, otherwise the address
    /// itself.
    /// </summary>
    /// <param name="smtpAddress">The address of an envelope.</param>
    /// <param name="acceptedDomains">Our domains, as <see cref="RoutingAddress.CanonicalDomain"/> gives them.</param>
    /// <exception cref="MailFormatException">
    /// Not an address, or a wrapped one in a domain of ours that is not valid: its type is refused, an escape is bad or nothing is inside
    /// (IM-2), it is too long (IM-3), or CR, LF or NUL is inside (EN-7).
    /// </exception>
    public static RoutingAddress ForRouting(string smtpAddress, IReadOnlySet<string> acceptedDomains)
    {
        ArgumentNullException.ThrowIfNull(smtpAddress);
        ArgumentNullException.ThrowIfNull(acceptedDomains);
        var address = RoutingAddress.Smtp(smtpAddress);
        return IsEncapsulated(smtpAddress) && acceptedDomains.Contains(address.Domain!) ? Unwrap(smtpAddress) : address;
    }

    /// <summary>What is wrapped inside, whosever domain it is.</summary>
    /// <exception cref="MailFormatException">Nothing is, or it is not valid.</exception>
    internal static RoutingAddress Unwrap(string smtpAddress)
    {
        var value = Text(Decode(smtpAddress, out var type));
        if (value.AsSpan().Trim().IsEmpty)
            throw new MailFormatException("IM-2", "the wrapped address is empty");
        return RoutingAddress.Create(type, EnvelopeText.Writable(value, "the wrapped address"));
    }

    /// <summary>The same for addresses that wrap the same: type and hexadecimal digits in capitals, nothing escaped that need not be.
    /// Others as they are.</summary>
    internal static string Canonical(string address)
    {
        var typeLength = TypeLength(address);
        if (typeLength == 0 || IsCanonical(address.AsSpan(0, address.LastIndexOf('@')), Prefix.Length + typeLength))
            return address;
        try
        {
            var octets = Decode(address, out var type);
            return Encode(type.ToUpperInvariant(), octets, address[(address.LastIndexOf('@') + 1)..]);
        }
        catch (MailFormatException)
        {
            return address;
        }
    }

    // Most are: programs write them.
    private static bool IsCanonical(ReadOnlySpan<char> localPart, int dash)
    {
        if (!localPart.StartsWith(Prefix, StringComparison.Ordinal) || localPart[..dash].ContainsAnyInRange('a', 'z'))
            return false;
        for (var value = localPart[(dash + 1)..]; !value.IsEmpty; value = value[1..])
        {
            if (char.IsAsciiLetterOrDigit(value[0]) || value[0] is '=' or '-' or '_')
                continue;
            if (value.Length < 3 || value[0] != '+' || !char.IsAsciiHexDigitUpper(value[1]) || !char.IsAsciiHexDigitUpper(value[2]))
                return false;
            var octet = (byte)((HexOctet.Value(value[1]) << 4) | HexOctet.Value(value[2]));
            if (octet == '/' || PlainOctets.Contains(octet))
                return false;
            value = value[2..];
        }
        return true;
    }

    private static int TypeLength(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !address.Contains('@', StringComparison.Ordinal))
            return 0;
        var rest = address.AsSpan(Prefix.Length);
        var length = rest.IndexOfAnyExcept(TypeCharacters);
        return length > 0 && rest[length] == '-' ? length : 0;
    }

    private static void CheckType(string type)
    {
        if (type.Length == 0 || type.AsSpan().ContainsAnyExcept(TypeCharacters))
            throw new MailFormatException("IM-1", "the type of a wrapped address must consist of letters and digits");
        if (RefusedTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw new MailFormatException("IM-2", $"addresses of type {type} must not be wrapped", Prefix.Length);
    }

    private static void CheckLength(string address)
    {
        if (address.LastIndexOf('@') > MaxLocalPartLength || Encoding.UTF8.GetByteCount(address) > MaxAddressLength)
            throw TooLong();
    }

    private static MailFormatException TooLong() =>
        new("IM-3", $"a wrapped address must not have more than {MaxLocalPartLength} octets before the '@' and {MaxAddressLength} in all");

    private static byte[] DecodeValue(ReadOnlySpan<char> value, int position)
    {
        var encoded = Encoding.UTF8.GetBytes(value.ToArray());
        var decoded = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var octet = encoded[i];
            if (octet == '_')
                octet = (byte)'/';
            if (octet == '+')
            {
                if (!HexOctet.TryParse(encoded.AsSpan(i + 1), out octet))
                    throw new MailFormatException(
                        "IM-2", "'+' in a wrapped address must be followed by two hexadecimal digits", position + i);
                i += 2;
            }
            decoded[length++] = octet;
        }
        return decoded[..length];
    }

    private static string Text(byte[] octets) =>
        System.Text.Unicode.Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : Encoding.Latin1.GetString(octets);
}
