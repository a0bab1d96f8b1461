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
