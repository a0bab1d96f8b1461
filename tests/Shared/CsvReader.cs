using System.Text;

namespace ForeignConnector.Lib.Shared;

/// <summary>Reads comma-separated values by the letter of RFC 4180: CRLF line ends, and quotes only where the grammar has them.</summary>
public static class CsvReader
{
    /// <summary>The records of a text whose last line has a line end.</summary>
    /// <exception cref="FormatException">The text is something else, at the character named.</exception>
    public static IEnumerable<string[]> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = new List<string>();
        var position = 0;
        while (position < text.Length)
        {
            fields.Add(text[position] == '"' ? Escaped(text, ref position) : Plain(text, ref position));
            if (position == text.Length)
                throw new FormatException($"no line end at {position}");
            if (text[position++] == ',')
                continue;
            if (position == text.Length || text[position++] != '\n')
                throw new FormatException($"a CR without LF at {position - 1}");
            yield return [.. fields];
            fields.Clear();
        }
        if (fields.Count > 0)
            throw new FormatException("the last line has no line end");
    }

    private static string Plain(string text, ref int position)
    {
        var begin = position;
        while (position < text.Length && text[position] is not (',' or '\r'))
        {
            if (text[position] is '"' || char.IsControl(text[position]))
                throw new FormatException($"a character that needs quotes at {position}");
            position++;
        }
        return text[begin..position];
    }

    private static string Escaped(string text, ref int position)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != '"')
                value.Append(text[position]);
            else if (position + 1 < text.Length && text[position + 1] == '"')
                value.Append(text[position++]);
            else
                break;
        }
        position++;
        if (position >= text.Length || text[position] is not (',' or '\r'))
            throw new FormatException($"a quoted field does not end at {position}");
        return value.ToString();
    }
}
