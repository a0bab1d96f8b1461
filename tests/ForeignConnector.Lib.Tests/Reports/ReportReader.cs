using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Reports;

/// <summary>A report through the eyes of our own scanner, and texts of those who try to break one.</summary>
internal static class ReportReader
{
    private static readonly string[] Tokens =
    [
        "=?", "?=", "?", "utf-8?b?", "utf-8?q?", "=?utf-8?b?", "=?utf-8?Q?=0D=0A", "=?iso-8859-1?q?", " ?= =?", "@R?=eply-To: evil@e.test", "Bcc: evil@e.test", "Content-Type: text/html",
        "\r\n", "\r", "\n", "\r\n\r\n", "\r\n ", " ", "  ", "\t", "\u0085", "\u2028", "\0", "\u001b[2J", "_", "_________", ":", ";", ",", "<", ">", "\"", "\\", "(", ")", "--=_", ".", "@",
        "é", "é>é,", "\U0001F600", "\u202e", "\u200f", "\u200d", "\uFEFF", "\uFFFD", "\ud83d", "\ude00", "שלום", "日本語", "x", new string('x', 20), new string('y', 90), new string('z', 998), new string('é', 60),
    ];

    /// <summary>Texts of such tokens.</summary>
    public static Gen<string> AnyText { get; } = Gen.Int[0, Tokens.Length - 1].Select(i => Tokens[i]).Array[0, 14].Select(string.Concat);

    /// <summary>The names of the header's fields, in their order; anything that is no field fails.</summary>
    public static string[] NamesOfHeader(string octets) => Names(Encoding.Latin1.GetBytes(octets), 0);

    /// <summary>The names of the fields of each part; the original does not count.</summary>
    public static string[][] NamesOfParts(string octets)
    {
        const string Mark = "boundary=\"";
        var begin = octets.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        var delimiter = $"\r\n--{octets[begin..octets.IndexOf('"', begin)]}\r\n";
        var bytes = Encoding.Latin1.GetBytes(octets);
        var parts = new List<string[]>();
        for (var at = octets.IndexOf(delimiter, StringComparison.Ordinal); at >= 0; at = octets.IndexOf(delimiter, at + 1, StringComparison.Ordinal))
            parts.Add(Names(bytes, at + delimiter.Length));
        return [.. parts];
    }

    private static string[] Names(ReadOnlySpan<byte> octets, int start)
    {
        var names = new List<string>();
        var scanner = new HeaderScanner(octets, start);
        while (scanner.TryRead(out var field))
        {
            Assert.True(field.IsField, Encoding.Latin1.GetString(octets[field.Start..field.End]));
            names.Add(Encoding.ASCII.GetString(field.Name(octets)));
        }
        Assert.Equal(2, scanner.BlankLineLength);
        return [.. names];
    }
}
