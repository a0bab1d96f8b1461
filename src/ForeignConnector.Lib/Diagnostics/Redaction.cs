using System.Text.RegularExpressions;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Keeps people out of logs: an address keeps its domain, not its local part.</summary>
internal static partial class Redaction
{
    /// <summary>Replaces the local part of everything that looks like an address with <c>…</c>.</summary>
    public static string Addresses(string text) => LocalPart().Replace(text, "…@");

    [GeneratedRegex("""("[^"]*"|[^\s<>'",;:]+)@""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LocalPart();
}
