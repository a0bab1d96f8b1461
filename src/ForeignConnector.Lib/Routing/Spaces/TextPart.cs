using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing.Spaces;

/// <summary>A stretch of a text that is being parsed, which knows where it stands in the whole so that errors can say so (AS-7).</summary>
internal readonly record struct TextPart(string Text, int Start, int End)
{
    public TextPart(string text)
        : this(text, 0, text.Length)
    {
    }

    public ReadOnlySpan<char> Span => Text.AsSpan(Start, End - Start);

    /// <summary>The part from <paramref name="from"/> to <paramref name="to"/>, both relative to this part, without blanks at its
    /// ends.</summary>
    public TextPart Slice(int from, int to) => new TextPart(Text, Start + from, Start + to).Trim();

    public TextPart Trim()
    {
        var start = Start;
        var end = End;
        while (start < end && char.IsWhiteSpace(Text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(Text[end - 1]))
            end--;
        return new TextPart(Text, start, end);
    }

    /// <summary>An error at <paramref name="offset"/> of this part.</summary>
    public MailFormatException Error(string rule, string reason, int offset = 0) =>
        new(rule, $"'{Printable(Text)}' is not an address space: {reason}", Start + offset);

    /// <summary>The text with control characters replaced, so that it can stand in a log line.</summary>
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;
}
