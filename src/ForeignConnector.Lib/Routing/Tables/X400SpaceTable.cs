using System.Collections.Frozen;
using System.Runtime.InteropServices;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// X.400 spaces by their attributes (AS-4). Spaces that name the same attributes have one shape; a lookup makes one probe per shape, with
/// the recipient's values of those attributes as key. There are few shapes, however many spaces.
/// </summary>
internal sealed class X400SpaceTable
{
    private readonly Shape[] _shapes;

    private X400SpaceTable(Shape[] shapes) => _shapes = shapes;

    /// <summary>Shows the visitor the matches for a recipient, in no order. A malformed address has none.</summary>
    public void Visit<TVisitor>(string recipient, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        if (_shapes.Length == 0 || X400AttributeList.ReadRecipient(recipient, out _) is not { } address)
            return;
        foreach (var shape in _shapes)
        {
            if (shape.KeyOf(address) is { } key && shape.Entries.TryGetValue(key, out var entry))
                visitor.Visit(entry, shape.LiteralKeys.Length);
        }
    }

    /// <summary>What the spaces with one set of attributes have in common.</summary>
    private sealed record Shape(string[] LiteralKeys, string[] AnyKeys, FrozenDictionary<string, SpaceEntry> Entries)
    {
        /// <summary>The values that decide, or null when the address lacks one of the attributes.</summary>
        public string? KeyOf(X400AttributeList address)
        {
            if (AnyKeys.Any(k => address.Find(k) is null))
                return null;
            var values = LiteralKeys.Select(address.Find).ToArray();
            return values.Contains(null) ? null : Key(values!);
        }

        /// <summary>NUL cannot stand in a space's value, so different lists of values have different keys.</summary>
        public static string Key(IEnumerable<string> values) => string.Join('\0', values).ToUpperInvariant();
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
            entries ??= [];
            var key = Shape.Key(attributes.Where(a => !a.MatchesAny).Select(a => a.Value));
            SpaceEntry.Add(ref CollectionsMarshal.GetValueRefOrAddDefault(entries, key, out _), entry);
        }

        public X400SpaceTable Build() => new([.. _shapes.Values.Select(Build)]);

        private static Shape Build(Dictionary<string, SpaceEntry?> entries)
        {
            foreach (var key in entries.Keys)
                SpaceEntry.Sort(ref CollectionsMarshal.GetValueRefOrAddDefault(entries, key, out _));
            var example = entries.Values.First()!.Space.Attributes!.Attributes;
            return new Shape(
                [.. example.Where(a => !a.MatchesAny).Select(a => a.Key)],
                [.. example.Where(a => a.MatchesAny).Select(a => a.Key)],
                entries.ToFrozenDictionary(e => e.Key, e => e.Value!));
        }
    }
}
