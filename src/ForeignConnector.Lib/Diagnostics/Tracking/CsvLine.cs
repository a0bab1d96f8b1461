using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>
/// One line of comma-separated values (RFC 4180) out of text that strangers wrote. Control characters and line separators become blanks, so
/// that an event is always one line; a value that a spreadsheet would run as a formula gets an apostrophe in front.
/// </summary>
internal sealed class CsvLine
{
    // Their full-width forms are formulas too, in spreadsheets for Japanese.
    private static readonly System.Buffers.SearchValues<char> FormulaStarts = System.Buffers.SearchValues.Create("=+-@＝＋－＠");

    private static readonly System.Buffers.SearchValues<char> Quoted = System.Buffers.SearchValues.Create("\",");

    private readonly StringBuilder _text = new(512);
    private bool _hasField;

    /// <summary>An empty field.</summary>
    public CsvLine Empty() => Field("");

    /// <summary>A number.</summary>
    public CsvLine Number(long value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A text that is ours and harmless.</summary>
    public CsvLine Raw(string text)
    {
        Separate();
        _text.Append(text);
        return this;
    }

    /// <summary>A text that may hold anything.</summary>
    public CsvLine Field(string? text)
    {
        Separate();
        Append(OneLine(text ?? ""));
        return this;
    }

    /// <summary>Several texts in one field, joined by <c>;</c> as Exchange does.</summary>
    public CsvLine List(IEnumerable<string> items)
    {
        Separate();
        Append(string.Join(';', items.Select(OneLine)));
        return this;
    }

    public override string ToString() => _text.ToString();

    private static string OneLine(string text)
    {
        var formula = text.Length > 0 && FormulaStarts.Contains(text[0]);
        if (!formula && !text.Any(IsBreak))
            return text;
        return (formula ? "'" : "") + string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = IsBreak(source[i]) ? ' ' : source[i];
        });
    }

    private static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private void Append(string text)
    {
        if (text.AsSpan().IndexOfAny(Quoted) < 0 && !text.StartsWith(' ') && !text.EndsWith(' '))
            _text.Append(text);
        else
            _text.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private void Separate()
    {
        if (_hasField)
            _text.Append(',');
        _hasField = true;
    }
}
