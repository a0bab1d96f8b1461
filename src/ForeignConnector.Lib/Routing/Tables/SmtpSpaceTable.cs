using System.Collections.Frozen;
using System.Runtime.InteropServices;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// Domains by their labels (AS-3, RT-2): one dictionary of domains, asked for the recipient's domain and then for each parent, most labels
/// first. At most as many probes as the domain has labels.
/// </summary>
internal sealed class SmtpSpaceTable
{
    private readonly FrozenDictionary<string, Domain> _domains;
    private readonly FrozenDictionary<string, Domain>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly ulong _wildcardLabels;
    private readonly SpaceEntry? _all;

    private SmtpSpaceTable(FrozenDictionary<string, Domain> domains, ulong wildcardLabels, SpaceEntry? all)
    {
        _domains = domains;
        _bySpan = domains.GetAlternateLookup<ReadOnlySpan<char>>();
        _wildcardLabels = wildcardLabels;
        _all = all;
    }

    /// <summary>Shows the visitor the matches for a canonical domain, the most specific first.</summary>
    public void Visit<TVisitor>(string domain, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        var found = _domains.TryGetValue(domain, out var entry);
        if (found && entry.Exact is { } exact && visitor.Visit(exact, int.MaxValue))
            return;
        if (_wildcardLabels != 0 && VisitWildcards(domain, found ? entry.Wildcard : null, ref visitor))
            return;
        if (_all is not null)
            visitor.Visit(_all, specificity: 0);
    }

    private bool VisitWildcards<TVisitor>(ReadOnlySpan<char> domain, SpaceEntry? own, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        var labels = domain.Count('.') + 1;
        if (own is not null && visitor.Visit(own, labels))
            return true;
        while (--labels > 0)
        {
            domain = domain[(domain.IndexOf('.') + 1)..];
            if (!MayHaveWildcard(labels, domain.Length))
                continue;
            if (_bySpan.TryGetValue(domain, out var entry) && entry.Wildcard is { } wildcard && visitor.Visit(wildcard, labels))
                return true;
        }
        return false;
    }

    /// <summary>False when no wildcard of the table has that many labels: spares the probe. Bounds the work for domains of any length.</summary>
    private bool MayHaveWildcard(int labels, int length) => length <= SmtpSpace.MaxLength && (_wildcardLabels & Bit(labels)) != 0;

    private static ulong Bit(int labels) => 1UL << Math.Min(labels, 63);

    /// <summary>The spaces <c>domain</c> and <c>*.domain</c>.</summary>
    private struct Domain
    {
        public SpaceEntry? Exact;
        public SpaceEntry? Wildcard;
    }

    public sealed class Builder : ISpaceTableBuilder
    {
        private readonly Dictionary<string, Domain> _domains = [];
        private ulong _wildcardLabels;
        private SpaceEntry? _all;

        public void Add(SpaceEntry entry)
        {
            var space = entry.Space.Space;
            if (space == SmtpSpace.All)
                SpaceEntry.Add(ref _all, entry);
            else if (!SmtpSpace.IsWildcard(space))
                SpaceEntry.Add(ref At(space).Exact, entry);
            else
            {
                SpaceEntry.Add(ref At(SmtpSpace.WildcardDomain(space)).Wildcard, entry);
                _wildcardLabels |= Bit(entry.Space.Specificity);
            }
        }

        public SmtpSpaceTable Build()
        {
            SpaceEntry.Sort(ref _all);
            foreach (var name in _domains.Keys)
            {
                ref var domain = ref At(name);
                SpaceEntry.Sort(ref domain.Exact);
                SpaceEntry.Sort(ref domain.Wildcard);
            }
            return new SmtpSpaceTable(_domains.ToFrozenDictionary(), _wildcardLabels, _all);
        }

        private ref Domain At(string name) => ref CollectionsMarshal.GetValueRefOrAddDefault(_domains, name, out _);
    }
}
