using System.Text.RegularExpressions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Keeps people out of logs: an address keeps its domain, not its local part.</summary>
internal static partial class Redaction
{
    /// <summary>What is wrong and where, without the local part of the address that is wrong.</summary>
    public static string Message(MailFormatException e) =>
        Addresses(e.Quoted is { Length: > 0 } address ? e.Message.Replace(address, Address(address), StringComparison.Ordinal) : e.Message);

    /// <summary>Text of a connector, which may name people and may hold anything, as one line without the local parts of
    /// addresses.</summary>
    public static string Text(string text) => FileNames.ForLog(Addresses(text));

    /// <summary>The text without the local parts of the addresses in it, whether they are quoted, in angle brackets, encapsulated (IM-1) or
    /// without a domain.</summary>
    public static string Addresses(string text) => LocalPart().Replace(text, match => match.ValueSpan.EndsWith('@') ? "…@" : "…");

    // Text that is no address may hold anything behind its last '@'.
    private static string Address(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..];
        return domain.Length < address.Length && domain.All(c => char.IsLetterOrDigit(c) || c is '-' or '.') ? $"…@{domain}" : "…";
    }

    // Looked for from the beginning of a word, a quoted string or an angle bracket only: from every place in it, a long one would take
    // long. What looks like an address without its '@' is one in angle brackets, or one that is encapsulated.
    [GeneratedRegex(
        """(?:"(?:\\.|[^"\\])*"|(?<=<)[^<>"@]*|(?<![^\s<>(),;:"])[^\s<>(),;:"]+)@|"""
        + """(?<=<)[^<>@\s]+(?=>)|(?<![^\s<>(),;:"'])IMCEA[A-Za-z0-9]*-[^\s<>(),;:"']*""", RegexOptions.IgnoreCase)]
    private static partial Regex LocalPart();
}
