using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// What a report says, as material for <see cref="ReportTexts"/>. Every text in it is safe: one line, no control characters, nothing that
/// changes the direction of writing, and of bounded length, whatever the message or its envelope tried.
/// </summary>
public sealed record ReportFacts
{
    /// <summary>What happened.</summary>
    public required SenderReportKind Kind { get; init; }

    /// <summary>The Subject of the original, decoded; empty when it has none.</summary>
    public required string Subject { get; init; }

    /// <summary>The Message-ID of the original; null when it has none, or none that can be quoted.</summary>
    public string? MessageId { get; init; }

    /// <summary>The name of the submission, as it stands in logs and queue files.</summary>
    public required string SubmissionId { get; init; }

    /// <summary>When the original was accepted, or its file taken.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>For a delay, when the message will be given up; null when that is not known.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }

    /// <summary>This server.</summary>
    public required string ServerName { get; init; }

    /// <summary>Where people may ask.</summary>
    public required string PostmasterAddress { get; init; }

    /// <summary>What of the original is attached.</summary>
    public required ReturnedPart Returned { get; init; }

    /// <summary>Recipients by what became of them; at least one group. A message refused as a whole has one group without
    /// recipients.</summary>
    public required ImmutableArray<ReportCause> Causes { get; init; }

    /// <summary>How many recipients it is about; 0 for a message refused as a whole.</summary>
    public int RecipientCount => Causes.Sum(cause => cause.Recipients.Length);
}

/// <summary>Recipients with the same outcome.</summary>
/// <param name="Status">The RFC 3463 code.</param>
/// <param name="Text">Why, in one sentence.</param>
/// <param name="Diagnostic">The reply line for administrators.</param>
/// <param name="Recipients">Whom it is about.</param>
public sealed record ReportCause(EnhancedStatusCode Status, string Text, string Diagnostic, ImmutableArray<ReportedRecipient> Recipients);

/// <summary>A recipient as people and as machines call it.</summary>
/// <param name="Name">For people: <c>+1 425 555 0100 (FAX)</c>, or the address.</param>
/// <param name="Address">The address of the envelope.</param>
public sealed record ReportedRecipient(string Name, string Address);
