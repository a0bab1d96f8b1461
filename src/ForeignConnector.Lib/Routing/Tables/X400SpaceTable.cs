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
