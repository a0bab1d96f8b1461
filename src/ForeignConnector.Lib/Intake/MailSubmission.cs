using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake;

/// <summary>The door for application code. Thread-safe; lives as long as the transport.</summary>
/// <param name="intake">The transport.</param>
/// <param name="ids">Names submissions.</param>
public sealed class MailSubmission(IMailIntake intake, SubmissionIdSource ids)
{
    /// <summary>Submits a message. When it returns, every recipient is either in the result's <see cref="AcceptResult.Rejected"/> or durable.</summary>
    /// <param name="envelope">Who it is from and goes to. The header of the message is not looked at for that.</param>
    /// <param name="content">The message; the caller may dispose it afterwards. A <c>Bcc</c> field in it never reaches a recipient.</param>
    /// <param name="cancellationToken">A cancelled submission may or may not have been accepted.</param>
    /// <exception cref="IOException">The queue cannot store it now; nothing was accepted, or only for some connectors: submit again.</exception>
    public ValueTask<AcceptResult> SubmitAsync(MailEnvelope envelope, MessageContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        return intake.AcceptAsync(new MailItem(ids.Next(), envelope, content), cancellationToken);
    }
}
