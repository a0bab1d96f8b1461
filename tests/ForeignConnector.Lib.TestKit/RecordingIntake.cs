using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.TestKit;

/// <summary>Accepts every message and remembers it, or does what a test scripts.</summary>
public sealed class RecordingIntake : IMailIntake
{
    /// <summary>One accepted message.</summary>
    /// <param name="Id">The submission.</param>
    /// <param name="Envelope">Its envelope.</param>
    /// <param name="Octets">Its octets, one for each character (Latin-1).</param>
    /// <param name="Length">The length its content claimed.</param>
    public sealed record Message(SubmissionId Id, MailEnvelope Envelope, string Octets, long Length);

    private readonly List<Message> _messages = [];

    /// <summary>What was accepted, in order.</summary>
    public IReadOnlyList<Message> Messages
    {
        get
        {
            lock (_messages)
                return [.. _messages];
        }
    }

    /// <summary>Answers instead; called before the message is remembered, which an exception prevents.</summary>
    public Func<MailItem, CancellationToken, ValueTask<AcceptResult>> Script { get; set; } = (_, _) => new(AcceptResult.Complete);

    /// <inheritdoc/>
    public long MaxMessageSize { get; set; } = long.MaxValue;

    /// <summary>What stands against a recipient before its message is there.</summary>
    /// <value>Default: nothing.</value>
    public Func<EnvelopeRecipient, RecipientOutcome?> Objection { get; set; } = _ => null;

    /// <inheritdoc/>
    public RecipientOutcome? ObjectionTo(EnvelopeRecipient recipient, long messageSize) => Objection(recipient);

    /// <inheritdoc/>
    public async ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        var result = await Script(item, cancellationToken).ConfigureAwait(false);
        using var octets = new MemoryStream();
        using (var stream = item.Content.OpenRead())
            await stream.CopyToAsync(octets, cancellationToken).ConfigureAwait(false);
        var message = new Message(item.Id, item.Envelope, Encoding.Latin1.GetString(octets.ToArray()), item.Content.Length);
        lock (_messages)
            _messages.Add(message);
        return result;
    }
}
