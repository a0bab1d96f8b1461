using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Delivery;

/// <summary>One message for one connector.</summary>
/// <param name="id">
/// Names this message at this connector: the same on every attempt, different for everything else, and sorting in the order of acceptance. Letters,
/// digits, <c>.</c> and <c>-</c> only, so it can be a file name.
/// </param>
/// <param name="envelope">The recipients that are still to be delivered, and the sender.</param>
/// <param name="content">The message; valid during the call.</param>
public sealed class DeliveryRequest(string id, MailEnvelope envelope, MessageContent content)
{
    /// <summary>The stable name of this delivery.</summary>
    public string Id { get; } = id;

    /// <summary>Sender and recipients.</summary>
    public MailEnvelope Envelope { get; } = envelope;

    /// <summary>The message.</summary>
    public MessageContent Content { get; } = content;

    /// <summary>
    /// A flushed file that holds exactly this request in the form of a Drop directory, if there is one. A connector may give it another name and take its own
    /// away; the queue then finds it gone and is content.
    /// </summary>
    internal PreparedFile? PreparedFile { get; init; }
}
