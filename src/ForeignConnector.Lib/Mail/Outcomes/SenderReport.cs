using System.Collections.Immutable;

namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>What a report to the sender is about (RFC 3464).</summary>
public enum SenderReportKind
{
    /// <summary>Recipients will not get the message, or the message as a whole was refused.</summary>
    Failed,

    /// <summary>Recipients have not got the message yet; it is tried again.</summary>
    Delayed,

    /// <summary>Recipients' copies went to a system that does not report (DR-8).</summary>
    Relayed,

    /// <summary>Recipients' copies were delivered, which their sender asked to be told (ND-6).</summary>
    Delivered,
}

/// <summary>One message and what happened to it, as material for a report to its sender.</summary>
public sealed record SenderReport
{
    /// <summary>What happened.</summary>
    public required SenderReportKind Kind { get; init; }

    /// <summary>The message that it happened to.</summary>
    public required SubmissionId Id { get; init; }

    /// <summary>Who gets the report; empty is the null sender, who gets none.</summary>
    public required string Sender { get; init; }

    /// <summary>The message as it came; valid during the call.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>The recipients it is about. Empty only when the message was refused as a whole, which <see cref="Status"/> and
    /// <see cref="Reason"/> then explain.</summary>
    public ImmutableArray<RecipientOutcome> Outcomes { get; init; } = [];

    /// <summary>ENVID of RFC 3461, decoded; null when absent.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET of RFC 3461.</summary>
    public DsnReturn Return { get; init; }

    /// <summary>BODY of RFC 6152. Of what is not <see cref="BodyType.BinaryMime"/> bare LF line ends go back as CRLF (PU-12).</summary>
    public BodyType Body { get; init; }

    /// <summary>For a message refused as a whole, the RFC 3463 code.</summary>
    public EnhancedStatusCode? Status { get; init; }

    /// <summary>For a message refused as a whole, one sentence that is safe to show to the sender.</summary>
    public string? Reason { get; init; }

    /// <summary>For <see cref="SenderReportKind.Delayed"/>, when it will be given up.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }

    /// <summary>A report about some recipients of a message.</summary>
    public static SenderReport About(MailItem item, SenderReportKind kind, ImmutableArray<RecipientOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new()
        {
            Kind = kind,
            Id = item.Id,
            Sender = item.Envelope.Sender,
            Content = item.Content,
            Outcomes = outcomes,
            EnvelopeId = item.Envelope.EnvelopeId,
            Return = item.Envelope.Return,
            Body = item.Envelope.Body,
        };
    }
}
