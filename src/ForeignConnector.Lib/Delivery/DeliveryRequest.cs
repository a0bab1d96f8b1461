using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>The stable name of this delivery. Its recipients have names of their own: <see cref="IdOf"/>.</summary>
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

    /// <summary>
    /// The stable name of one recipient of this delivery: the same on every attempt and after a restart, whoever else is left, and another
    /// one for each address. A system that cannot bear doubles remembers these.
    /// </summary>
    /// <param name="recipient">One of the recipients of the envelope.</param>
    /// <returns><see cref="Id"/>, a dot and 16 hexadecimal digits; characters as in <see cref="Id"/>.</returns>
    /// <exception cref="ArgumentException">It is none of the recipients.</exception>
    public string IdOf(EnvelopeRecipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        var own = Envelope.Recipients;
        var index = IndexOf(own, recipient);
        if (index < 0)
            throw new ArgumentException("The recipient is none of this delivery.", nameof(recipient));
        var queued = Queued.IsDefault ? own[index] : Queued[index];
        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(queued.Address)).AsSpan(0, 8));
        // One address may stand in an envelope several times.
        var all = All.IsDefault ? own : All;
        var before = all.Take(Math.Max(0, IndexOf(all, queued))).Count(other => other.Address == queued.Address);
        return before == 0 ? $"{Id}.{digits}" : string.Create(CultureInfo.InvariantCulture, $"{Id}.{digits}.{before + 1}");
    }

    // Whom the recipients of the envelope were in the queue, in the same order.
    internal ImmutableArray<EnvelopeRecipient> Queued { get; init; }

    // All recipients of the message at this connector, those that are settled included.
    internal ImmutableArray<EnvelopeRecipient> All { get; init; }

    // A file that holds exactly this request in the form of a Drop directory, if there is one.
    internal PreparedContent? Prepared => Content is PreparedContent prepared
        && (ReferenceEquals(prepared.Envelope, Envelope) || prepared.Envelope.Equals(Envelope)) ? prepared : null;

    private static int IndexOf(ImmutableArray<EnvelopeRecipient> recipients, EnvelopeRecipient recipient)
    {
        for (var i = 0; i < recipients.Length; i++)
        {
            if (ReferenceEquals(recipients[i], recipient))
                return i;
        }
        return recipients.IndexOf(recipient);
    }
}
