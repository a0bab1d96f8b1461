using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake;

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
    public static Refusal Of(MailFormatException e) => new(e.Rule, e.Message, Redaction.Message(e));

    /// <summary>Recipients that the transport does not take.</summary>
    public static Refusal Of(MailEnvelope envelope, ImmutableArray<RecipientOutcome> rejected)
    {
        var refusal = new Refusal(
            "RT-4",
            $"recipients were refused:\n{string.Join('\n', rejected.Select(outcome => $"{outcome.Recipient.Address}: {outcome.Status} {outcome.Text}"))}",
            $"{rejected.Length} of {envelope.Recipients.Length} recipients were refused: {string.Join(", ", rejected.Select(outcome => outcome.Status).Distinct())}")
        {
            Sender = envelope.Sender,
            Outcomes = rejected,
        };
        return rejected.Length == envelope.Recipients.Length ? refusal : refusal with
        {
            IsPartial = true,
            Advice = $"The other {envelope.Recipients.Length - rejected.Length} of {envelope.Recipients.Length} recipients were accepted. "
                + "To try again, leave only those that were refused in the file, mend it, and give it back its .eml extension.",
        };
    }

    /// <summary>A message that goes in circles.</summary>
    public static Refusal OfLoop(MailEnvelope envelope, int hops)
    {
        var reason = $"{hops} Received fields: the message goes in circles";
        return new("ND-1", reason, reason)
        {
            Sender = envelope.Sender,
            Outcomes = [.. envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Loop))],
        };
    }
}
