using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The fields of a header, as lines of Latin-1 with CRLF line ends, to compare what went in with what came out.</summary>
internal static class Fields
{
    /// <summary>All lines of a header, in order; a line that is no field has the name "".</summary>
    public static List<(string Name, string Line)> Of(ReadOnlySpan<byte> octets, int start = 0)
    {
        var fields = new List<(string, string)>();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            if (!field.IsByteOrderMark(octets))
                fields.Add((Encoding.ASCII.GetString(field.Name(octets)).ToLowerInvariant(), Crlf(octets[field.Start..field.End])));
        }
        return fields;
    }

    /// <summary>Those that intake neither adds, replaces nor removes: they must come through in their order, octet for octet.</summary>
    public static IEnumerable<string> Lasting(IEnumerable<(string Name, string Line)> fields, bool isPickup, bool injectedStay) =>
        from field in fields
        where !(field.Name is "bcc" or "resent-bcc" or "message-id" or "date" or "to" or "received"
            || (isPickup && field.Name.StartsWith("resent-", StringComparison.Ordinal))
            || IsOrganization(field.Name) || (!injectedStay && field.Name.StartsWith("x-", StringComparison.Ordinal)))
        select field.Line;

    /// <summary>Those that a message in a Drop directory may not have (DR-4, HF-1).</summary>
    public static bool IsForbidden(string name) => name is "bcc" or "resent-bcc" || IsOrganization(name);

    /// <summary>Octets with CRLF line ends, as the rules have it: a bare LF gets its CR, nothing else changes.</summary>
    public static string Crlf(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length + 2);
        var last = '\0';
        foreach (var octet in octets)
        {
            if (octet == '\n' && last != '\r')
                text.Append('\r');
            text.Append(last = (char)octet);
        }
        return text is [.., '\n'] ? text.ToString() : text.Append("\r\n").ToString();
    }

    private static bool IsOrganization(string name) =>
        name.StartsWith("x-ms-exchange-organization-", StringComparison.Ordinal) || name.StartsWith("x-ms-exchange-forest-", StringComparison.Ordinal);
}
