using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>Hands a parsed file over to the transport.</summary>
internal static class ClaimHandOver
{
    /// <summary>Accepted when the transport has taken every recipient; badmail, with the recipients named, when it refuses some for good.</summary>
    /// <param name="claim">The file; it provides the body.</param>
    /// <param name="id">The submission.</param>
    /// <param name="message">Envelope and header.</param>
    /// <param name="bodyOffset">Where the body begins in the file.</param>
    /// <param name="dotStuffed">The body's lines carry the dots of SMTP (PU-12).</param>
    /// <param name="intake">The transport.</param>
    /// <param name="cancellationToken">Leaves the file as it is.</param>
    public static async ValueTask<IntakeResult> RunAsync(
        FileClaim claim, SubmissionId id, ParsedMessage message, long bodyOffset, bool dotStuffed, IMailIntake intake, CancellationToken cancellationToken)
    {
        var lineEnds = new LineEnds(message.Envelope.Body != BodyType.BinaryMime, dotStuffed);
        using var content = new ClaimedContent(message.Header, claim.File, bodyOffset, lineEnds);
        var result = await intake.AcceptAsync(new MailItem(id, message.Envelope, content), cancellationToken).ConfigureAwait(false);
        return result.Rejected.IsEmpty ? IntakeResult.Accepted : Refused(result.Rejected, message.Envelope.Recipients.Length);
    }

    private static IntakeResult Refused(ImmutableArray<RecipientOutcome> rejected, int recipients)
    {
        var lines = rejected.Select(outcome => $"{outcome.Recipient.Address}: {outcome.Status} {outcome.Text}");
        var rest = rejected.Length < recipients ? $"\nThe other {recipients - rejected.Length} of {recipients} recipients were accepted; do not submit the file again as it is." : "";
        return IntakeResult.Bad("RT-4", $"recipients were refused:\n{string.Join('\n', lines)}{rest}");
    }
}
