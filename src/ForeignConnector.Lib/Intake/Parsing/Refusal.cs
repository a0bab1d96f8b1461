using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>Why a file, or a part of its recipients, was refused.</summary>
/// <param name="Rule">The id of the broken rule.</param>
/// <param name="Reason">What is wrong; names addresses.</param>
/// <param name="Logged">What is wrong, without addresses.</param>
internal sealed record Refusal(string Rule, string Reason, string Logged)
{
    /// <summary>What to do with a file that is kept.</summary>
    public string Advice { get; init; } = "The message was not sent. To try again, mend the file and give it back its .eml extension.";

    /// <summary>The envelope sender; null when it is not known.</summary>
    public string? Sender { get; init; }

    /// <summary>True when other recipients of the message were accepted.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The recipients that were refused; empty when it is the whole message.</summary>
    public ImmutableArray<RecipientOutcome> Outcomes { get; init; } = [];

    /// <summary>A file that is not a message.</summary>
    public static Refusal Of(MailFormatException e) =>
        new(e.Rule, e.Outcomes.Length > 1 ? $"{e.Message}:\n{Lines(e.Outcomes)}" : e.Message, Redaction.Message(e));

    /// <summary>Recipients whose addresses cannot be read, or that the transport does not take.</summary>
    /// <param name="sender">The envelope sender.</param>
    /// <param name="rejected">Those recipients.</param>
    /// <param name="accepted">How many others got the message.</param>
    public static Refusal Of(string sender, ImmutableArray<RecipientOutcome> rejected, int accepted)
    {
        var all = accepted + rejected.Length;
        var codes = string.Join(", ", rejected.Select(outcome => outcome.Status).Distinct());
        var refusal = new Refusal(
            "RT-4", $"recipients were refused:\n{Lines(rejected)}", $"{rejected.Length} of {all} recipients were refused: {codes}")
        {
            Sender = sender,
            Outcomes = rejected,
        };
        return accepted == 0 ? refusal : refusal with
        {
            IsPartial = true,
            Advice = $"The other {accepted} of {all} recipients were accepted. "
                + "To try again, leave only those that were refused in the file, mend it, and give it back its .eml extension.",
        };
    }

    private static string Lines(ImmutableArray<RecipientOutcome> outcomes) =>
        string.Join('\n', outcomes.Select(outcome => $"{outcome.Recipient.Address}: {outcome.Status} {outcome.Text}"));

    /// <summary>A message that goes in circles.</summary>
    public static Refusal OfLoop(MailEnvelope envelope, HeaderFacts facts)
    {
        var reason = $"{facts.Received} Received fields, {facts.ReceivedHere} of this server: the message goes in circles";
        return new("ND-7", reason, reason)
        {
            Sender = envelope.Sender,
            Outcomes = [.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Loop))],
        };
    }
}
