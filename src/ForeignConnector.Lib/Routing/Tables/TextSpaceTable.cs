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
