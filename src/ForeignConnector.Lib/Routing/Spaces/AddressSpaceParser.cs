using System.Globalization;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Addresses.X400;

namespace ForeignConnector.Lib.Routing.Spaces;

/// <summary>Reads <c>[Type:]Space[;Cost]</c> (AS-1). Errors are values here: exactly one of result and error is null.</summary>
internal static class AddressSpaceParser
{
    public static AddressSpace? Read(string text, out MailFormatException? error)
    {
        var whole = new TextPart(text).Trim();
        error = FindControlCharacter(whole);
        if (error is not null || ReadType(ref whole, out error) is not { } type || ReadCost(ref whole, type, out error) is not { } cost)
            return null;
        if (type == RoutingAddress.X400Type)
            return X400AttributeList.ReadSpace(whole, out error) is { } list ? new AddressSpace(type, list.ToString(), cost, list) : null;
        var space = type == RoutingAddress.SmtpType ? SmtpSpace.Read(whole, out error) : TextSpace.Read(whole, out error);
        return space is null ? null : new AddressSpace(type, space, cost);
    }

    private static MailFormatException? FindControlCharacter(TextPart part)
    {
        var span = part.Span;
        for (var i = 0; i < span.Length; i++)
        {
            if (char.IsControl(span[i]))
                return part.Error("AS-1", "it contains a control character", i);
        }
        return null;
    }

    /// <summary>Takes the type off the front of <paramref name="part"/>.</summary>
    private static string? ReadType(ref TextPart part, out MailFormatException? error)
    {
        error = null;
        var whole = part;
        var colon = whole.Span.IndexOf(':');
        if (colon < 0)
            return RoutingAddress.SmtpType;
        var type = whole.Slice(0, colon);
        part = whole.Slice(colon + 1, whole.Span.Length);
        if (RoutingAddress.IsType(type.Span))
            return Canonical(type.Span);
        var bad = 0;
        while (bad < type.Span.Length && RoutingAddress.IsType(type.Span.Slice(bad, 1)))
            bad++;
        error = type.Error("AS-1", "what stands before the first ':' is the address type: letters, digits and '-'", bad);
        return null;
    }

    /// <summary>The type in upper case; a million spaces of one type share one string.</summary>
    private static string Canonical(ReadOnlySpan<char> type) =>
        type.Equals(RoutingAddress.SmtpType, StringComparison.OrdinalIgnoreCase)
            ? RoutingAddress.SmtpType
            : string.Intern(type.ToString().ToUpperInvariant());

    /// <summary>Takes the cost off the end of <paramref name="part"/>; the default when there is none.</summary>
    private static int? ReadCost(ref TextPart part, string type, out MailFormatException? error)
    {
        error = null;
        var whole = part;
        if (!whole.Span.Contains(';'))
            return AddressSpace.DefaultCost;
        var separator = type == RoutingAddress.X400Type ? X400Scanner.LastSemicolon(whole.Span) : whole.Span.LastIndexOf(';');
        var cost = whole.Slice(separator + 1, whole.Span.Length);
        if (separator >= 0 && IsInteger(cost.Span))
        {
            part = whole.Slice(0, separator);
            if (int.TryParse(cost.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value is >= AddressSpace.MinCost and <= AddressSpace.MaxCost)
                return value;
        }
        error = IsInteger(cost.Span) || type == RoutingAddress.SmtpType
            ? cost.Error("AS-1", $"the cost after ';' must be a whole number from {AddressSpace.MinCost} to {AddressSpace.MaxCost}")
            : cost.Error("AS-5",
                $"a space of type {type} that contains ';' must end in an explicit cost, such as ';{AddressSpace.DefaultCost}'");
        return null;
    }

    private static bool IsInteger(ReadOnlySpan<char> text)
    {
        var digits = text is ['-' or '+', ..] ? text[1..] : text;
        return !digits.IsEmpty && digits.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}

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
