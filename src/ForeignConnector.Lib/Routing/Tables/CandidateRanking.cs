using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>Turns the connectors and their best matches into the list of an explanation (RT-6), with the reason for each place.</summary>
internal sealed class CandidateRanking(long messageSize)
{
    public ImmutableArray<RouteCandidate> Rank(ConnectorEntry[] connectors, BestMatchPerConnector matches)
    {
        var result = ImmutableArray.CreateBuilder<RouteCandidate>(connectors.Length);
        var ranked = connectors
            .Where(c => IsUsable(c, matches[c].Entry))
            .Select(c => matches[c])
            .OrderByDescending(m => m.Specificity)
            .ThenBy(m => m.Entry);
        (SpaceEntry? Entry, int Specificity) winner = default;
        foreach (var match in ranked)
        {
            if (winner.Entry is null)
                winner = match;
            result.Add(Describe(match, winner));
        }
        var dropped = connectors.Where(c => !IsUsable(c, matches[c].Entry)).OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase);
        result.AddRange(dropped.Select(c => DescribeDropped(c, matches[c].Entry)));
        return result.MoveToImmutable();
    }

    private bool IsUsable(ConnectorEntry connector, SpaceEntry? match) => match is not null && connector.SizeLimit >= messageSize;

    private static RouteCandidate Describe((SpaceEntry? Entry, int Specificity) match, (SpaceEntry? Entry, int Specificity) winner)
    {
        var entry = match.Entry!;
        return entry == winner.Entry
            ? Candidate(entry.Connector, entry, RouteCandidateResult.Winner, $"the best match; {Place(entry)}")
            : Candidate(entry.Connector, entry, RouteCandidateResult.Ranked, WhyBehind(match, winner));
    }

    private static string WhyBehind((SpaceEntry? Entry, int Specificity) match, (SpaceEntry? Entry, int Specificity) winner)
    {
        var (entry, best) = (match.Entry!, winner.Entry!);
        if (match.Specificity < winner.Specificity)
            return $"less specific than {best.Space.Space} of {best.Connector.Name} (RT-2); {Place(entry)}";
        if (entry.Cost > best.Cost)
            return $"a higher cost than the {best.Cost} of {best.Connector.Name} (RT-3); {Place(entry)}";
        return entry.Connector.Source!.Hops > best.Connector.Source!.Hops
            ? $"more hops than {best.Connector.Name} (RT-3); {Place(entry)}"
            : $"the name sorts after {best.Connector.Name} (RT-3); {Place(entry)}";
    }

    private static string Place(SpaceEntry entry)
    {
        var source = entry.Connector.Source!;
        var sum = source.PathCost > 0 ? $"{entry.Cost} = {entry.Space.Cost} + {source.PathCost} for the path" : $"{entry.Cost}";
        return source.Hops switch
        {
            0 => $"cost {sum}, this server delivers",
            1 => $"cost {sum}, {source.Name} in this site delivers",
            _ => $"cost {sum}, {source.Name} in another site delivers",
        };
    }

    private RouteCandidate DescribeDropped(ConnectorEntry connector, SpaceEntry? match)
    {
        var reasons = Drops(connector, match).ToArray();
        return Candidate(connector, match, reasons[0].Result, string.Join("; ", reasons.Select(r => r.Reason)));
    }

    /// <summary>Everything that drops the connector, in the order of RT-1.</summary>
    private IEnumerable<(RouteCandidateResult Result, string Reason)> Drops(ConnectorEntry connector, SpaceEntry? match)
    {
        var limit = connector.Definition.MaxMessageSize;
        if (limit.Octets < messageSize && limit.Octets > 0)
            yield return (RouteCandidateResult.TooSmall,
                $"the message has {ByteSize.FromOctets(messageSize)}, MaxMessageSize is {limit} (RT-1)");
        if (!connector.Definition.Enabled)
            yield return (RouteCandidateResult.Disabled, "Enabled is false (RT-1)");
        if (limit.Octets == 0)
            yield return (RouteCandidateResult.Disabled, "MaxMessageSize is 0 (DR-7)");
        if (connector.IsOutOfScope)
            yield return (RouteCandidateResult.OutOfScope, "scoped, and no source server is in this server's site (RT-1)");
        if (connector.Source is null)
            yield return (RouteCandidateResult.NoPath, "no site path leads to a source server (RT-3)");
        if (match is null)
            yield return (RouteCandidateResult.NoMatch, "no address space matches the recipient (RT-1)");
    }

    private static RouteCandidate Candidate(ConnectorEntry connector, SpaceEntry? match, RouteCandidateResult result, string reason) =>
        new(connector.Name, match?.Space, result, reason)
        {
            Cost = connector.Source is null ? null : match?.Cost,
            Hops = connector.Source?.Hops,
            Server = connector.Source?.Name,
        };
}

/// <summary>Keeps the best match of every connector, for explanations.</summary>
internal readonly struct BestMatchPerConnector(int connectors) : IMatchVisitor
{
    private readonly (SpaceEntry? Entry, int Specificity)[] _best = new (SpaceEntry?, int)[connectors];

    /// <summary>The connector's best matching space, or null, and how specific it is.</summary>
    public (SpaceEntry? Entry, int Specificity) this[ConnectorEntry connector] => _best[connector.Order];

    public void Visit(SpaceEntry first, int specificity)
    {
        for (var entry = first; entry is not null; entry = entry.Next)
        {
            ref var best = ref _best[entry.Connector.Order];
            if (best.Entry is null || specificity > best.Specificity
                || (specificity == best.Specificity && entry.CompareTo(best.Entry) < 0))
                best = (entry, specificity);
        }
    }
}
