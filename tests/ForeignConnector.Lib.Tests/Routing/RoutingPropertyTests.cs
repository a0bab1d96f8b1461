using System.Text.RegularExpressions;
using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.Tests.Routing.Model;

namespace ForeignConnector.Lib.Tests.Routing;

/// <summary>Generated organisations and recipients: the table against an oracle that follows the specification word by word.</summary>
public class RoutingPropertyTests
{
    private const int Organizations = 25_000;

    private const int QuestionsEach = 4;

    private const int Spaces = 20_000;

    [Fact(DisplayName = "RT-1, RT-2, RT-3, RT-4, RT-6, RT-7: the winner and the explanation are those of the specification, whatever the order of configuration")]
    public void Decides_like_the_specification() =>
        Gen.Select(RoutingGen.Organization, Gen.Select(RoutingGen.Recipient, RoutingGen.MessageSize).Array[QuestionsEach], Gen.Int).Sample(
            (organization, questions, seed) =>
            {
                var selector = organization.ToSelector();
                var reordered = organization.ToSelector(new Random(seed));
                var oracle = new RoutingOracle(organization);
                foreach (var (recipient, size) in questions)
                {
                    var address = RoutingAddress.Parse(recipient.Text);
                    var decision = selector.Select(address, size);
                    var explanation = decision.Explain();
                    Check(oracle, recipient, size, decision, explanation.Candidates);
                    Assert.Equal(explanation.ToString(), reordered.Select(address, size).Explain().ToString());
                }
            },
            iter: Organizations,
            print: world => $"{world.Item1}\n{string.Join('\n', world.Item2.Select(q => $"{q.Item1} {q.Item2}"))}");

    [Fact(DisplayName = "AS-3, AS-4, AS-6: a space matches what the specification says it matches")]
    public void Matches_like_the_specification() =>
        Gen.Select(RoutingGen.Space, RoutingGen.Recipient).Sample(
            (space, recipient) => Assert.Equal(space.Matches(recipient), AddressSpace.Parse(space.Text).Matches(RoutingAddress.Parse(recipient.Text))),
            iter: Spaces);

    [Fact(DisplayName = "AS-7: every space prints back to an equal value, with the same hash code and the same matches")]
    public void Prints_back_to_an_equal_value() =>
        Gen.Select(RoutingGen.Space, RoutingGen.Recipient).Sample(
            (space, recipient) =>
            {
                var parsed = AddressSpace.Parse(space.Text);
                var again = AddressSpace.Parse(parsed.ToString());
                var address = RoutingAddress.Parse(recipient.Text);

                Assert.Equal(parsed, again);
                Assert.Equal(parsed.GetHashCode(), again.GetHashCode());
                Assert.Equal(parsed.ToString(), again.ToString());
                Assert.Equal(space.Cost, again.Cost);
                Assert.Equal(space.Matches(recipient), again.Matches(address));
            },
            iter: Spaces);

    [Fact(DisplayName = "AS-7: any text either parses and prints back to an equal value, or is refused with the text, a position in it and a rule")]
    public void Reads_or_refuses_any_text() =>
        Gen.OneOf(
            Gen.Char["a.*-;:1\\\"/= \u00fc\u3002\u0001"].Array[0, 12].Select(c => new string(c)),
            Gen.Char["c=uda:;/\\\"* 1"].Array[0, 14].Select(c => "X400:" + new string(c)),
            Gen.Char["ab*; 10"].Array[0, 8].Select(c => "FAX:" + new string(c))).Sample(ReadsOrRefuses, iter: Spaces);

    private static void ReadsOrRefuses(string text)
    {
        try
        {
            var space = AddressSpace.Parse(text);
            Assert.Equal(space, AddressSpace.Parse(space.ToString()));
        }
        catch (MailFormatException e)
        {
            Assert.Matches("^AS-[12456]$", e.Rule);
            Assert.InRange(e.Position ?? -1, 0, text.Length);
            Assert.Contains($"'{text.Replace('\u0001', '\uFFFD')}'", e.Message, StringComparison.Ordinal);
        }
    }

    private static void Check(RoutingOracle oracle, RecipientModel recipient, long size, RouteDecision decision, IReadOnlyList<RouteCandidate> actual)
    {
        var expected = oracle.Explain(recipient, size);
        Assert.Equal(string.Join('\n', expected.Select(Data)), string.Join('\n', actual.Select(Data)));
        Assert.All(expected.Zip(actual), pair => Assert.Contains(pair.Second.Space, SpacesOf(pair.First)));
        if (expected is [{ Result: RouteCandidateResult.Winner } winner, ..])
        {
            Assert.Equal((RouteOutcome.Route, winner.Connector.Name, winner.Cost), (decision.Outcome, decision.Connector, decision.Cost));
            Assert.Equal(winner.Server == OrganizationModel.ThisServer ? null : winner.Server, decision.DeliveryServer);
            Assert.Equal(actual[0].Space, decision.Space);
        }
        else
        {
            Assert.Equal(oracle.WithoutConnector(recipient, size), (decision.Outcome, decision.Status));
            Assert.Null(decision.Connector);
        }
    }

    private static AddressSpace?[] SpacesOf(RoutingOracle.Verdict verdict) =>
        verdict.BestSpaces.Length == 0 ? [null] : [.. verdict.BestSpaces.Select(s => AddressSpace.Parse(s.Text))];

    private static string Data(RoutingOracle.Verdict v) => $"{v.Connector.Name} {v.Result} [{v.Rules}] cost {v.Cost} hops {v.Hops} {v.Server}";

    private static string Data(RouteCandidate c) =>
        $"{c.Connector} {c.Result} [{string.Join(' ', Regex.Matches(c.Reason, "[A-Z]{2}-[0-9]+").Select(m => m.Value))}] cost {c.Cost} hops {c.Hops} {c.Server}";
}
