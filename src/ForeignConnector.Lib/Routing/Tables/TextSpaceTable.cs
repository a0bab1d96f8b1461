using System.Collections.Frozen;
using System.Runtime.InteropServices;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// The spaces of one other type (AS-6): a dictionary of literals, and for each pair of lengths that the texts before the first and after
/// the last <c>*</c> have, one of patterns. A lookup makes one probe for each such pair, of which there are few, however many spaces. Only
/// patterns with equal beginnings and ends that differ between two stars are tried one by one.
/// </summary>
internal sealed class TextSpaceTable
{
    private readonly FrozenDictionary<string, SpaceEntry>.AlternateLookup<ReadOnlySpan<char>> _literals;
    private readonly PatternShape[] _shapes;

    private TextSpaceTable(FrozenDictionary<string, SpaceEntry> literals, PatternShape[] shapes)
    {
        _literals = literals.GetAlternateLookup<ReadOnlySpan<char>>();
        _shapes = shapes;
    }

    /// <summary>Shows the visitor the matches for a value without blanks at its ends, in no order.</summary>
    public void Visit<TVisitor>(ReadOnlySpan<char> value, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        if (_literals.TryGetValue(value, out var literal))
            visitor.Visit(literal, int.MaxValue);
        foreach (var shape in _shapes)
        {
            for (var pattern = shape.Find(value); pattern is not null; pattern = pattern.Next)
            {
                if (pattern.Matches(value))
                    visitor.Visit(pattern.First, pattern.Specificity);
            }
        }
    }

    public sealed class Builder : ISpaceTableBuilder
    {
        private readonly Dictionary<string, SpaceEntry?> _literals = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, SpaceEntry?> _patterns = new(StringComparer.OrdinalIgnoreCase);

        public void Add(SpaceEntry entry)
        {
            var space = entry.Space.Space;
            var spaces = space.Contains(TextSpace.Star) ? _patterns : _literals;
            SpaceEntry.Add(ref CollectionsMarshal.GetValueRefOrAddDefault(spaces, space, out _), entry);
        }

        public TextSpaceTable Build()
        {
            SpaceEntry.SortAll(_literals);
            SpaceEntry.SortAll(_patterns);
            var shapes = _patterns
                .Select(p => new TextPattern(p.Key, p.Value!))
                .GroupBy(p => (p.PrefixLength, p.SuffixLength))
                .Select(g => new PatternShape(g.Key.PrefixLength, g.Key.SuffixLength, g));
            return new TextSpaceTable(
                _literals.ToFrozenDictionary(l => l.Key, l => l.Value!, StringComparer.OrdinalIgnoreCase), [.. shapes]);
        }
    }
}

/// <summary>All patterns with so many characters before the first star and so many after the last.</summary>
internal sealed class PatternShape
{
    private const int StackLimit = 256;

    private readonly int _prefixLength;
    private readonly int _suffixLength;
    private readonly FrozenDictionary<string, TextPattern>.AlternateLookup<ReadOnlySpan<char>> _patterns;

    public PatternShape(int prefixLength, int suffixLength, IEnumerable<TextPattern> patterns)
    {
        _prefixLength = prefixLength;
        _suffixLength = suffixLength;
        var first = new Dictionary<string, TextPattern>(StringComparer.OrdinalIgnoreCase);
        foreach (var pattern in patterns)
        {
            var key = pattern.Key;
            pattern.Next = first.GetValueOrDefault(key);
            first[key] = pattern;
        }
        _patterns = first.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The first of the patterns that begin and end like the value; what stands between is for the caller to compare.</summary>
    public TextPattern? Find(ReadOnlySpan<char> value)
    {
        var length = _prefixLength + _suffixLength;
        if (value.Length < length)
            return null;
        if (_suffixLength == 0)
            return Get(value[.._prefixLength]);
        var key = length <= StackLimit ? stackalloc char[length] : new char[length];
        value[.._prefixLength].CopyTo(key);
        value[^_suffixLength..].CopyTo(key[_prefixLength..]);
        return Get(key);
    }

    private TextPattern? Get(ReadOnlySpan<char> key) => _patterns.TryGetValue(key, out var pattern) ? pattern : null;
}

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
