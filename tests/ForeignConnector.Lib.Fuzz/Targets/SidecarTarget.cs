using System.Text.Json;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The state of a queue file that a person edited: <c>&lt;id&gt;.json</c>.</summary>
internal static class SidecarTarget
{
    private static readonly EnvelopeRecipient Recipient = new("mary@contoso.com");

    public static void Run(ReadOnlySpan<byte> input)
    {
        DeliveryState state;
        try
        {
            state = DeliveryState.Read(input);
        }
        catch (JsonException)
        {
            return;
        }
        var written = state.Write();
        Check.Equal(written, DeliveryState.Read(written).Write(), "a state reads back as it was written");
        var over = state.Over(state);
        Check.Equal(over.Write(), over.Over(over).Write(), "a state over itself is itself");
        Check.That(state.Recipients.All(recipient => recipient.Index >= 0), "no recipient stands before the first");
        Check.Equal(state.Recipients.Count, state.Recipients.Select(recipient => recipient.Index).Distinct().Count(), "each recipient once");
        var final = new DeliveryState { Attempts = 1, Recipients = [new RecipientState { Action = RecipientAction.Delivered, Status = "2.0.0" }] };
        Check.That(state.Over(final).MustSurvive && final.Over(state).MustSurvive, "what is final stays final");
        foreach (var recipient in state.Recipients)
        {
            var outcome = recipient.ToOutcome(Recipient);
            Check.Equal(recipient.IsFinal, outcome.IsFinal, "an outcome is final when its state is");
        }
    }
}
