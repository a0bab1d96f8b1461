using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>A path with its parameters: what follows <c>MAIL FROM:</c> and <c>RCPT TO:</c>. Immutable.</summary>
/// <param name="Address">Without angle brackets and source route; empty for the null sender.</param>
/// <param name="Parameters">By keyword, in upper case; null where there is no value.</param>
internal sealed record SmtpPath(string Address, ImmutableDictionary<string, string?> Parameters)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the arguments of MAIL or RCPT.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="prefix"><c>FROM:</c> or <c>TO:</c>.</param>
    /// <returns>Null when it is nothing of the kind.</returns>
    public static SmtpPath? Parse(ReadOnlySpan<byte> arguments, string prefix)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(arguments);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        if (!text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = text.AsSpan(prefix.Length).TrimStart(' ');
        if (rest.IsEmpty || rest[0] != '<' || EndOfPath(rest) is not (> 0 and var end))
            return null;
        var address = rest[1..end];
        if (address.StartsWith("@", StringComparison.Ordinal))
            address = address.IndexOf(':') is > 0 and var colon ? address[(colon + 1)..] : address;
        rest = rest[(end + 1)..];
        return !rest.IsEmpty && rest[0] != ' ' ? null
            : Read(rest.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)) is { } parameters
                ? new SmtpPath(address.ToString(), parameters)
                : null;
    }

    /// <summary>The value of a parameter.</summary>
    public string? this[string keyword] => Parameters.GetValueOrDefault(keyword);

    /// <summary>Takes the xtext encoding off (RFC 3461, 4).</summary>
    /// <returns>Null when it is malformed.</returns>
    public static string? DecodeXtext(string text)
    {
        var octets = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not (>= '!' and <= '~') || text[i] == '=')
                return null;
            if (text[i] != '+')
                octets.Add((byte)text[i]);
            else if (i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                (octets, i) = ([.. octets, octet], i + 2);
            else
                return null;
        }
        try
        {
            return StrictUtf8.GetString([.. octets]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // The '>' that is not in a quoted local part.
    private static int EndOfPath(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case '\\' when isQuoted:
                    i++;
                    break;
                case '>' when !isQuoted:
                    return i;
            }
        }
        return -1;
    }

    private static ImmutableDictionary<string, string?>? Read(string[] words)
    {
        var parameters = ImmutableDictionary.CreateBuilder<string, string?>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var keyword = (equals < 0 ? word : word[..equals]).ToUpperInvariant();
            if (keyword.Length == 0 || !parameters.TryAdd(keyword, equals < 0 ? null : word[(equals + 1)..]))
                return null;
        }
        return parameters.ToImmutable();
    }
}
