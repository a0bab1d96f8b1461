using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class HeaderScannerTests
{
    [Fact(DisplayName = "PU-10: fields are found with their folded lines, and nothing is copied or lost")]
    public void Finds_fields()
    {
        const string Header = "From: bob\r\nSubject: a\r\n b\r\n\tc\r\nX-Empty:\r\nTo: x\r\n";

        var fields = Scan(Header + "\r\nBody: no\r\n", out var blankLine);

        Assert.Equal(["From", "Subject", "X-Empty", "To"], fields.Select(field => field.Name));
        Assert.Equal([" bob\r\n", " a\r\n b\r\n\tc\r\n", "\r\n", " x\r\n"], fields.Select(field => field.Value));
        Assert.Equal((Header.Length, 2), blankLine);
    }

    [Theory(DisplayName = "PU-12: lines end with CRLF or LF; a bare CR and NUL are ordinary octets")]
    [InlineData("A: 1\nB: 2\n\nbody", "A| 1\n,B| 2\n", 10, 1)]
    [InlineData("A: 1\r\n2\nB: 2\n", "A| 1\r\n,|2\n,B| 2\n", 13, 0)]
    [InlineData("A: 1\rB: 2\r\n\r\n", "A| 1\rB: 2\r\n", 11, 2)]
    [InlineData("A: 1\0\r\r\n\r\n", "A| 1\0\r\r\n", 8, 2)]
    [InlineData("A: 1\n\rB: 2\n", "A| 1\n,|\rB: 2\n", 11, 0)]
    [InlineData("A: 1", "A| 1", 4, 0)]
    [InlineData("", "", 0, 0)]
    [InlineData("\r\nA: 1", "", 0, 2)]
    [InlineData("\n", "", 0, 1)]
    [InlineData("A: 1\r\n \r\n\r\n", "A| 1\r\n \r\n", 9, 2)]
    public void Knows_line_ends(string text, string fields, int position, int blankLine)
    {
        var found = Scan(text, out var end);

        Assert.Equal(fields, string.Join(',', found.Select(field => $"{field.Name}|{field.Value}")));
        Assert.Equal((position, blankLine), end);
    }

    [Theory(DisplayName = "PU-12: a line that is not a field is reported, not skipped")]
    [InlineData("no colon\r\n")]
    [InlineData(": no name\r\n")]
    [InlineData(" : blank name\r\n")]
    [InlineData("two words: x\r\n")]
    [InlineData("n\u00e4me: x\r\n")]
    [InlineData("na\0me: x\r\n")]
    [InlineData(" continues nothing\r\n")]
    [InlineData("\u00ef\u00bb\u00bfno colon\r\n")]
    [InlineData("\u00ef\u00bb\u00bf continues nothing: x\r\n")]
    [InlineData("\u00ef\u00bb\u00bf\r\n")]
    public void Reports_what_is_no_field(string line)
    {
        var field = Assert.Single(Scan(line, out _));

        Assert.Equal(("", line), (field.Name, field.Value));
    }

    [Theory(DisplayName = "PU-8, PU-12: a byte-order mark before a field is no part of it, and hides nothing")]
    [InlineData("\ufeffBcc: x\r\n", 1)]
    [InlineData("\ufeff\ufeffBcc: x\r\n", 1)]
    [InlineData("A: 1\r\n\ufeffBcc: x\r\n", 2)]
    public void Finds_a_field_behind_a_byte_order_mark(string header, int at)
    {
        var octets = Encoding.UTF8.GetBytes(header);
        var scanner = new HeaderScanner(octets);
        var found = new List<HeaderField>();
        while (scanner.TryRead(out var field))
            found.Add(field);

        Assert.Equal(at + 1, found.Count);
        Assert.True(found[at - 1].IsByteOrderMark(octets));
        Assert.True(found[at].Is(octets, "Bcc"u8));
        Assert.Equal(found[at - 1].End, found[at].Start);
    }

    [Theory(DisplayName = "PU-8: blanks between name and colon, and the case of a name, hide nothing (RFC 5322, section 4.5)")]
    [InlineData("Bcc: x")]
    [InlineData("BCC:x")]
    [InlineData("bcc : x")]
    [InlineData("bCC \t : x")]
    public void Knows_a_name_in_any_form(string line)
    {
        var octets = Encoding.ASCII.GetBytes(line);
        var scanner = new HeaderScanner(octets);

        Assert.True(scanner.TryRead(out var field) && field.IsField);
        Assert.True(field.Is(octets, "bcc"u8) && field.StartsWith(octets, "BC"u8));
        Assert.False(field.Is(octets, "bc"u8) || field.Is(octets, "bccx"u8) || field.StartsWith(octets, "bccx"u8));
    }

    [Fact(DisplayName = "PU-10: whatever the octets, the fields cover them without gap up to the blank line or the end")]
    public void Covers_every_octet() => Gen.Char["AB: \t\r\n\0\u00fc"].Array[0, 40].Sample(characters =>
    {
        var octets = Encoding.Latin1.GetBytes(characters);
        var scanner = new HeaderScanner(octets);
        var position = 0;
        while (scanner.TryRead(out var field))
        {
            if (field.Start != position || field.End <= position || field.ValueStart < field.Start + field.NameLength || field.ValueStart > field.End)
                return false;
            position = field.End;
        }
        return scanner.Position == position && (position == octets.Length || scanner.BlankLineLength > 0);
    });

    private static List<(string Name, string Value)> Scan(string text, out (int Position, int BlankLine) end)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var scanner = new HeaderScanner(octets);
        var fields = new List<(string, string)>();
        while (scanner.TryRead(out var field))
            fields.Add((Encoding.Latin1.GetString(field.Name(octets)), Encoding.Latin1.GetString(field.Value(octets))));
        end = (scanner.Position, scanner.BlankLineLength);
        return fields;
    }
}
