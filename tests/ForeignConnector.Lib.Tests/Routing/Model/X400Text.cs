using System.Text;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>Writes attributes in one of the many ways that mean the same (AS-4).</summary>
internal static class X400Text
{
    public static string Write((string Key, string? Value)[] attributes, Random random)
    {
        var shuffled = attributes.ToArray();
        random.Shuffle(shuffled);
        var written = shuffled.Select(a => $"{Vary(a.Key, random)}{Blank(random)}={Blank(random)}{Value(a.Value, random)}{Blank(random)}");
        return random.Next(2) == 0 ? string.Join(';', written) : $"/{string.Join('/', written)}/";
    }

    private static string Value(string? value, Random random)
    {
        if (value is null)
            return "*";
        var spaced = Vary(value, random).Replace(" ", random.Next(2) == 0 ? " " : "  ", StringComparison.Ordinal);
        if (random.Next(2) == 0)
            return $"\"{spaced}\"";
        var text = new StringBuilder();
        foreach (var c in spaced)
            text.Append(c is ';' or '/' or '*' ? $"\\{c}" : c);
        return text.ToString();
    }

    private static string Vary(string text, Random random) => random.Next(2) == 0 ? text : text.ToUpperInvariant();

    private static string Blank(Random random) => random.Next(4) == 0 ? " " : "";
}
