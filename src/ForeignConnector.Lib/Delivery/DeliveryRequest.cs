using System.Buffers;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Delivery;

/// <summary>One message for one connector.</summary>
public sealed class DeliveryRequest
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>Asks for one delivery.</summary>
    /// <param name="id">
    /// Names this message at this connector: the same on every attempt, different for everything else, and sorting in the order of
    /// acceptance. ASCII letters, digits, <c>.</c> and <c>-</c> only, and not dots alone, so it can be a file name.
    /// </param>
    /// <param name="envelope">The recipients that are still to be delivered, and the sender.</param>
    /// <param name="content">The message; valid during the call. See <see cref="PreparedContent"/> for what a delivery to a directory may
    /// save.</param>
    /// <exception cref="ArgumentException">The id is empty, consists of dots, or holds another character.</exception>
    public DeliveryRequest(string id, MailEnvelope envelope, MessageContent content)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        if (id.AsSpan().Trim('.').IsEmpty || id.AsSpan().ContainsAnyExcept(IdCharacters))
            throw new ArgumentException(
                "The id of a delivery consists of letters, digits, '.' and '-', and not of dots alone: it becomes a file name.",
                nameof(id));
        Id = id;
        Envelope = envelope;
        Content = content;
    }

    /// <summary>The stable name of this delivery.</summary>
    public string Id { get; }

    /// <summary>Sender and recipients.</summary>
    public MailEnvelope Envelope { get; }

    /// <summary>The message.</summary>
    public MessageContent Content { get; }

    /// <summary>Which attempt this is, from 1.</summary>
    /// <value>Default 1.</value>
    public int Attempt { get; init; } = 1;

    /// <summary>When the message was accepted. UTC.</summary>
    /// <value>Default <see cref="DateTimeOffset.MinValue"/>: not known.</value>
    public DateTimeOffset AcceptedAt { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When the message is given up if it still waits then (MessageExpirationTimeout). UTC.</summary>
    /// <value>Default <see cref="DateTimeOffset.MaxValue"/>: not known.</value>
    public DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MaxValue;

    // A file that holds exactly this request in the form of a Drop directory, if there is one.
    internal PreparedContent? Prepared => Content is PreparedContent prepared
        && (ReferenceEquals(prepared.Envelope, Envelope) || prepared.Envelope.Equals(Envelope)) ? prepared : null;
}
