using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ForeignConnector.Lib.Mail.Addresses.X400;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// X.400 spaces by their attributes (AS-4). Spaces that name the same attributes have one shape; a lookup makes one probe per shape, with
/// the recipient's values of those attributes as key. There are few shapes, however many spaces.
/// </summary>
internal sealed class X400SpaceTable
{
    private readonly AttributeShape[] _shapes;

    private X400SpaceTable(AttributeShape[] shapes) => _shapes = shapes;

    /// <summary>Shows the visitor the matches for a recipient, in no order.</summary>
    public void Visit<TVisitor>(X400AttributeList recipient, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        foreach (var shape in _shapes)
        {
            if (shape.Find(recipient) is { } entry)
                visitor.Visit(entry, shape.Specificity);
        }
    }

    public sealed class Builder : ISpaceTableBuilder
    {
        // Cannot stand in a key.
        private const string AnyMark = "\u0001";

        private readonly Dictionary<string, Dictionary<string, SpaceEntry?>> _shapes = new(StringComparer.OrdinalIgnoreCase);

        public void Add(SpaceEntry entry)
        {
            var attributes = entry.Space.Attributes!.Attributes;
            var shape = string.Join('\0', attributes.Select(a => a.MatchesAny ? AnyMark + a.Key : a.Key));
            ref var entries = ref CollectionsMarshal.GetValueRefOrAddDefault(_shapes, shape, out _);
            entries ??= new Dictionary<string, SpaceEntry?>(StringComparer.OrdinalIgnoreCase);
            SpaceEntry.Add(ref CollectionsMarshal.GetValueRefOrAddDefault(entries, AttributeShape.KeyOf(attributes), out _), entry);
        }

        public X400SpaceTable Build() => new([.. _shapes.Values.Select(Build)]);

        private static AttributeShape Build(Dictionary<string, SpaceEntry?> entries)
        {
            SpaceEntry.SortAll(entries);
            return new AttributeShape(entries.Values.First()!.Space.Attributes!.Attributes, entries!);
        }
    }
}

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
