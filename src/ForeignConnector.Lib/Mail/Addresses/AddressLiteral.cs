using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// The address literals of RFC 5321, section 4.1.3: <c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c>, and a tag with a value for those that
/// are yet to come. Other text in brackets names no host, so that mail to it could never go anywhere.
/// </summary>
internal static class AddressLiteral
{
    private const string Ipv6Tag = "IPv6:";

    private static readonly SearchValues<char> TagCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    /// <summary>Why text in brackets is no literal; null when it is one.</summary>
    public static string? Problem(ReadOnlySpan<char> bracketed)
    {
        var text = bracketed[1..^1];
        var isLiteral = text.StartsWith(Ipv6Tag, StringComparison.OrdinalIgnoreCase) ? IsIpv6(text[Ipv6Tag.Length..])
            : text.Contains(':') ? IsTagged(text)
            : IsIpv4(text);
        return isLiteral ? null : "what stands in its brackets is no address of a host";
    }

    private static bool IsIpv4(ReadOnlySpan<char> text)
    {
        var numbers = 0;
        foreach (var range in text.Split('.'))
        {
            if (text[range].Length is 0 or > 3 || !byte.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
            numbers++;
        }
        return numbers == 4;
    }

    private static bool IsIpv6(ReadOnlySpan<char> text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // Standardized-tag ":" 1*dcontent, where the tag ends with a letter or a digit. An IPv6 address that lost its tag has none.
    private static bool IsTagged(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        return !IsIpv6(text) && colon > 0 && colon < text.Length - 1
            && text[colon - 1] != '-' && !text[..colon].ContainsAnyExcept(TagCharacters);
    }
}
