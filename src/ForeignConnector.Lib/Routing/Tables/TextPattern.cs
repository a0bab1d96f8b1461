using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>A space with at least one <c>*</c> and its entries.</summary>
internal sealed class TextPattern(string text, SpaceEntry first)
{
    public SpaceEntry First { get; } = first;

    public int Specificity { get; } = TextSpace.Specificity(text);

    /// <summary>Characters before the first star.</summary>
    public int PrefixLength => text.IndexOf(TextSpace.Star);

    /// <summary>Characters after the last star.</summary>
    public int SuffixLength => text.Length - 1 - text.LastIndexOf(TextSpace.Star);

    /// <summary>What stands before the first and after the last star.</summary>
    public string Key => string.Concat(text.AsSpan(0, PrefixLength), text.AsSpan(text.Length - SuffixLength));

    /// <summary>Another pattern with the same <see cref="Key"/> and lengths.</summary>
    public TextPattern? Next { get; set; }

    public bool Matches(ReadOnlySpan<char> value) => TextSpace.Matches(text, value);
}
