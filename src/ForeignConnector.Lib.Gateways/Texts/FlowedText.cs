using System.Text;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>Joins the lines of format=flowed (RFC 3676).</summary>
internal static class FlowedText
{
    private const string Signature = "-- ";

    /// <summary>The text with its paragraphs on one line each; lines end with LF.</summary>
    /// <param name="text">The text; lines end with LF.</param>
    /// <param name="deleteSpace">DelSp=yes: the blank that ends a flowed line goes.</param>
    public static string Join(string text, bool deleteSpace)
    {
        var joined = new StringBuilder(text.Length);
        var (isOpen, openDepth) = (false, 0);
        foreach (var line in text.Split('\n'))
        {
            var depth = line.Length - line.TrimStart('>').Length;
            var content = line[depth..];
            if (content.StartsWith(' '))
                content = content[1..];
            if (isOpen && (depth != openDepth || content == Signature))
            {
                joined.Append('\n');
                isOpen = false;
            }
            if (!isOpen && depth > 0)
                joined.Append('>', depth).Append(' ');
            var isFlowed = content.EndsWith(' ') && content != Signature;
            joined.Append(isFlowed && deleteSpace ? content[..^1] : content);
            if (!isFlowed)
                joined.Append('\n');
            (isOpen, openDepth) = (isFlowed, depth);
        }
        return joined.ToString().TrimEnd('\n');
    }
}
