using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Routing;

/// <summary>Why a decision came out as it did (RT-6). The same for every order of configuration.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Candidates">Every connector: the winner, then those that lost to it from best to worst, then those that were dropped, by
/// name.</param>
public sealed record RouteExplanation(RouteDecision Decision, ImmutableArray<RouteCandidate> Candidates)
{
    /// <summary>The explanation for people: the decision, then one line for each connector.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var size = ByteSize.FromOctets(Decision.MessageSize);
        text.Append(null, $"{Decision.Recipient}, {size}: {Decision}");
        foreach (var candidate in Candidates)
            text.Append(null, $"\n  {candidate}");
        return text.ToString();
    }
}

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

/// <summary>What became of a connector that was considered. When several reasons drop it, the first in the order of RT-1 counts.</summary>
public enum RouteCandidateResult
{
    /// <summary>It takes the recipient.</summary>
    Winner,

    /// <summary>It could, but another ranks before it (RT-2, RT-3).</summary>
    Ranked,

    /// <summary>Dropped: the message is larger than its MaxMessageSize (RT-1).</summary>
    TooSmall,

    /// <summary>Dropped: it is not enabled, or its MaxMessageSize is 0 (RT-1, DR-7).</summary>
    Disabled,

    /// <summary>Dropped: it is scoped, and none of its source servers is in this server's site (RT-1).</summary>
    OutOfScope,

    /// <summary>Dropped: no site path leads to any of its source servers (RT-3).</summary>
    NoPath,

    /// <summary>Dropped: none of its address spaces matches the recipient (RT-1).</summary>
    NoMatch,
}
