using System.Buffers;

namespace ForeignConnector.Lib.Mail.Addresses.X400;

/// <summary>
/// Reads an X.400 attribute list character by character and takes the quoting off: between double quotes every character stands for
/// itself, and so does one of <c>; / = " \ *</c> after a backslash. Any other backslash is an ordinary character.
/// </summary>
internal ref struct X400Scanner(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> Escapable = SearchValues.Create(";/=\"\\*");

    private readonly ReadOnlySpan<char> _text = text;
    private int _next;

    /// <summary>Offset of the character read last.</summary>
    public int Position { get; private set; }

    /// <summary>True between two quotes; at the end of the text it means that one is missing.</summary>
    public bool InQuotes { get; private set; }

    /// <summary>The next character, and whether it stands for itself (quoted or escaped).</summary>
    public bool TryRead(out char character, out bool literal)
    {
        while (_next < _text.Length)
        {
            Position = _next;
            character = _text[_next++];
            literal = InQuotes;
            if (character == '"')
            {
                InQuotes = !InQuotes;
                continue;
            }
            if (character == '\\' && _next < _text.Length && Escapable.Contains(_text[_next]))
            {
                character = _text[_next++];
                literal = true;
            }
            return true;
        }
        Position = _text.Length;
        character = default;
        literal = false;
        return false;
    }

    /// <summary>Where the last <c>;</c> stands that is not quoted; -1 when there is none.</summary>
    public static int LastSemicolon(ReadOnlySpan<char> text)
    {
        var scanner = new X400Scanner(text);
        var last = -1;
        while (scanner.TryRead(out var c, out var literal))
        {
            if (c == ';' && !literal)
                last = scanner.Position;
        }
        return last;
    }
}
