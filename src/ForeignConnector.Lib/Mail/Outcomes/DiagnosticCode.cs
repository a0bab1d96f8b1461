namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>What a system answered, in its own words: the Diagnostic-Code of a report (RFC 3464, 2.3.6). Immutable.</summary>
public sealed record DiagnosticCode
{
    private const int MaxLength = 900;

    /// <summary>An answer of a system.</summary>
    /// <param name="type">Whose terms the text uses: <c>smtp</c>, or <c>x-</c> and a name. Letters, digits and <c>-</c>.</param>
    /// <param name="text">The answer. Control characters become blanks, and the text ends after 900 characters.</param>
    /// <exception cref="ArgumentException">The type has another form.</exception>
    public DiagnosticCode(string type, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(text);
        if (!type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new ArgumentException("The type of a diagnostic code consists of letters, digits and '-'.", nameof(type));
        (Type, Text) = (type, OneLine(text, MaxLength));
    }

    /// <summary>Whose terms the text uses.</summary>
    public string Type { get; }

    /// <summary>The answer, on one line.</summary>
    public string Text { get; }

    /// <summary>An answer of an SMTP server, or of a system that speaks like one.</summary>
    public static DiagnosticCode Smtp(string text) => new("smtp", text);

    /// <summary><c>type; text</c>.</summary>
    public override string ToString() => $"{Type}; {Text}";

    /// <summary>Reads what <see cref="ToString"/> gives, or what a person made of it; null when it is nothing of the kind.</summary>
    internal static DiagnosticCode? Parse(string? text) =>
        text?.IndexOf(';', StringComparison.Ordinal) is > 0 and var end && text[..end] is var type
        && type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? new(type, text[(end + 1)..].Trim())
            : null;

    /// <summary>A text of a remote system on one line: line ends and other control characters become single blanks.</summary>
    internal static string OneLine(string text, int maxLength)
    {
        var line = new System.Text.StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var c in text)
        {
            if (line.Length == maxLength)
                break;
            if (!char.IsControl(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        return line.ToString().TrimEnd();
    }
}
