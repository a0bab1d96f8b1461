using System.Collections.Frozen;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Addresses.X400;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>All X.400 spaces that name the same attributes, with <c>*</c> for the same ones, by their literal values.</summary>
internal sealed class AttributeShape
{
    // Cannot stand in a value of a space, so different lists of values have different keys.
    private const char Separator = '\0';

    private const int StackLimit = 512;

    private readonly ImmutableArray<X400Attribute> _example;
    private readonly int _longestKey;
    private readonly FrozenDictionary<string, SpaceEntry>.AlternateLookup<ReadOnlySpan<char>> _entries;

    /// <summary>Takes the spaces of the shape by <see cref="KeyOf"/>.</summary>
    public AttributeShape(ImmutableArray<X400Attribute> example, Dictionary<string, SpaceEntry> entries)
    {
        _example = example;
        _longestKey = entries.Keys.Max(k => k.Length);
        _entries = entries.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        Specificity = example.Count(a => !a.MatchesAny);
    }

    /// <summary>How many values are literal (RT-2).</summary>
    public int Specificity { get; }

    /// <summary>The literal values of a space, as one text.</summary>
    public static string KeyOf(ImmutableArray<X400Attribute> attributes) =>
        string.Concat(attributes.Where(a => !a.MatchesAny).Select(a => a.Value + Separator));

    /// <summary>The entries whose space the recipient lies in; null when there are none.</summary>
    public SpaceEntry? Find(X400AttributeList recipient)
    {
        var key = _longestKey <= StackLimit ? stackalloc char[StackLimit] : new char[_longestKey];
        var length = 0;
        foreach (var attribute in _example)
        {
            if (recipient.Find(attribute.Key) is not { } value)
                return null;
            if (attribute.MatchesAny)
                continue;
            if (length + value.Length >= key.Length)
                return null;
            value.CopyTo(key[length..]);
            length += value.Length;
            key[length++] = Separator;
        }
        return _entries.TryGetValue(key[..length], out var entry) ? entry : null;
    }
}
