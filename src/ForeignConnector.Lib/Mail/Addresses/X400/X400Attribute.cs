using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses.X400;

/// <summary>One attribute of an O/R address or of an X.400 space (AS-4). Keys and values compare without case.</summary>
/// <param name="Key">A name of <see cref="Names"/> in lower case, or <c>dda:</c> and the type.</param>
/// <param name="Value">Without blanks at its ends, inner runs of blanks as one.</param>
/// <param name="MatchesAny">True for the value <c>*</c> of a space.</param>
internal readonly record struct X400Attribute(string Key, string Value, bool MatchesAny) : IComparable<X400Attribute>
{
    /// <summary>What a domain-defined attribute begins with.</summary>
    public const string DomainDefinedPrefix = "dda:";

    private static readonly string[] Names = ["c", "a", "p", "o", "ou1", "ou2", "ou3", "ou4", "s", "g", "i", "q", "cn", "x121"];

    /// <summary>The canonical key, or null when there is no such attribute.</summary>
    public static string? CanonicalKey(string key)
    {
        if (!key.StartsWith(DomainDefinedPrefix, StringComparison.OrdinalIgnoreCase))
            return Names.FirstOrDefault(n => n.Equals(key, StringComparison.OrdinalIgnoreCase));
        var type = key[DomainDefinedPrefix.Length..].Trim();
        return type.Length == 0 ? null : DomainDefinedPrefix + type;
    }

    /// <summary>True for the two attributes whose value is a single blank in many real addresses.</summary>
    public bool MayBeBlank => Key is "a" or "p";

    public bool HasKey(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    /// <summary>Orders by key: as in <see cref="Names"/>, then domain-defined attributes by type.</summary>
    public int CompareTo(X400Attribute other)
    {
        var byName = Rank.CompareTo(other.Rank);
        return byName != 0 ? byName : string.Compare(Key, other.Key, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Writes <c>key=value</c> so that it is read back the same.</summary>
    public void WriteTo(StringBuilder text)
    {
        Escape(text, Key, "\\;\"=");
        text.Append('=');
        if (MatchesAny)
            text.Append('*');
        else
            Escape(text, Value, "\\;\"*");
    }

    private int Rank => Array.IndexOf(Names, Key) is >= 0 and var i ? i : Names.Length;

    private static void Escape(StringBuilder text, string value, string special)
    {
        foreach (var c in value)
        {
            if (special.Contains(c, StringComparison.Ordinal))
                text.Append('\\');
            text.Append(c);
        }
    }
}
