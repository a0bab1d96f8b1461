namespace ForeignConnector.Lib.Routing;

/// <summary>One connector that was considered, and what became of it (RT-6).</summary>
/// <param name="Connector">The connector's name.</param>
/// <param name="Space">Its best matching address space; null when none matches.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Reason">Why, for people, with the rule's id.</param>
public sealed record RouteCandidate(string Connector, AddressSpace? Space, RouteCandidateResult Result, string Reason)
{
    /// <summary>The costs of address space and site path added up (RT-3); null when no space matches or no source server can be
    /// reached.</summary>
    public int? Cost { get; init; }

    /// <summary>How far the source server is away that would deliver: 0 for this server, 1 in its site, else 1 + the number of site links
    /// of the path (RT-3); null when none can be reached.</summary>
    public int? Hops { get; init; }

    /// <summary>The source server that would deliver; null when none can be reached.</summary>
    public string? Server { get; init; }

    /// <summary>One line, for people.</summary>
    public override string ToString() => Space is null ? $"{Result} {Connector}: {Reason}" : $"{Result} {Connector} ({Space}): {Reason}";
}
