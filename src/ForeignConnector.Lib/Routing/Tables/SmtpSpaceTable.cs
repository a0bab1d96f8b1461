using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// Domains by their labels (AS-3, RT-2): one map of domains, asked for the last label of the recipient's domain, then the last two, and so
/// on. One pass and as many probes as the domain has labels, however many spaces.
/// </summary>
internal sealed class SmtpSpaceTable
{
    private readonly DomainMap _domains;
    private readonly SpaceEntry? _all;

    private SmtpSpaceTable(DomainMap domains, SpaceEntry? all)
    {
        _domains = domains;
        _all = all;
    }

    /// <summary>Shows the visitor the matches for a canonical domain, the least specific first.</summary>
    public void Visit<TVisitor>(ReadOnlySpan<char> domain, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        if (_all is not null)
            visitor.Visit(_all, specificity: 0);
        var hash = 0UL;
        var labels = 1;
        for (var i = domain.Length - 1; i >= 0; i--)
        {
            var character = domain[i];
            if (character == '.')
            {
                if (_domains.Find(domain[(i + 1)..], hash).Wildcard is { } parent)
                    visitor.Visit(parent, labels);
                labels++;
            }
            hash = DomainMap.Hash(character, hash);
        }
        ref readonly var own = ref _domains.Find(domain, hash);
        if (own.Wildcard is not null)
            visitor.Visit(own.Wildcard, labels);
        if (own.Exact is not null)
            visitor.Visit(own.Exact, int.MaxValue);
    }

    public sealed class Builder : ISpaceTableBuilder
    {
        private readonly DomainMap _domains = new();
        private SpaceEntry? _all;

        public void Add(SpaceEntry entry)
        {
            var space = entry.Space.Space;
            if (space == SmtpSpace.All)
                SpaceEntry.Add(ref _all, entry);
            else if (SmtpSpace.IsWildcard(space))
                SpaceEntry.Add(ref _domains.GetOrAdd(space).Wildcard, entry);
            else
                SpaceEntry.Add(ref _domains.GetOrAdd(space).Exact, entry);
        }

        public SmtpSpaceTable Build()
        {
            SpaceEntry.Sort(ref _all);
            foreach (ref var domain in _domains.Slots)
            {
                SpaceEntry.Sort(ref domain.Exact);
                SpaceEntry.Sort(ref domain.Wildcard);
            }
            return new SmtpSpaceTable(_domains, _all);
        }
    }
}
