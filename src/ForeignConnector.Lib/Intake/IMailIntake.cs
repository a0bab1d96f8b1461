using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake;

/// <summary>
/// Where messages from Pickup, Replay and application code go. The transport implements it; an application may put its own in front or in
/// its place.
/// </summary>
/// <remarks>
/// <para>When <see cref="AcceptAsync"/> returns, every recipient is either in <see cref="AcceptResult.Rejected"/> or durable: it survives a
/// power cut, and the caller may delete its copy. Nothing in between.</para>
/// <para>An exception means that the message was not accepted; the caller keeps it and hands it over again later. The same message may
/// therefore come twice, with the same <see cref="SubmissionId.Key"/>: recognise it if you can.</para>
/// <para>The content may be opened any number of times during the call and is not valid after it. Calls may overlap.</para>
/// </remarks>
public interface IMailIntake
{
    /// <summary>The largest message that can be accepted at all, in octets: a larger file is refused without its body being read (SE-5).
    /// Must be quick.</summary>
    /// <value>Default unlimited.</value>
    long MaxMessageSize => long.MaxValue;

    /// <summary>
    /// What stands against a recipient, for a protocol that is asked about each before the message is there. Must be quick.
    /// </summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="messageSize">The size of the message, as far as it is known; 0 is not known.</param>
    /// <returns>
    /// A failure that <see cref="AcceptAsync"/> would give too, or a deferral when the recipient would be accepted but no connector takes
    /// it now. Null when nothing is. Default null.
    /// </returns>
    RecipientOutcome? ObjectionTo(EnvelopeRecipient recipient, long messageSize) => null;

    /// <summary>Takes responsibility for a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="cancellationToken">Cancelled calls have the standing of failed ones.</param>
    /// <exception cref="IOException">It cannot be stored now.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a permission.</exception>
    ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken);
}
