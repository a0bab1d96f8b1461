using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake;

/// <summary>What <see cref="IMailIntake"/> answers: which recipients it refuses for good. All others are accepted.</summary>
/// <param name="Rejected">Outcomes with <see cref="RecipientAction.Failed"/>; empty when every recipient was accepted.</param>
public sealed record AcceptResult(ImmutableArray<RecipientOutcome> Rejected)
{
    /// <summary>Every recipient was accepted.</summary>
    public static AcceptResult Complete { get; } = new([]);

    /// <summary>
    /// The id of the submission, by which the queue, the record, traces and reports know the message. Set by <see cref="MailSubmission"/>;
    /// an
    /// <see cref="IMailIntake"/> knows it from its item and need not set it.
    /// </summary>
    public SubmissionId Id { get; init; }

    /// <summary>
    /// Accepted recipients that wait because no connector takes them now (RT-4), with <see cref="RecipientAction.Deferred"/> and the
    /// reason. They are routed again when the configuration changes, and given up when they expire.
    /// </summary>
    /// <value>Default empty.</value>
    public ImmutableArray<RecipientOutcome> Waiting { get; init; } = [];
}
