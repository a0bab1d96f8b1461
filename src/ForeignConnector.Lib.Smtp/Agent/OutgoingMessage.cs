using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Smtp.Dialogue;
using MimeKit;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>
/// A message in the form that one server can take: as it is wherever that is possible, and otherwise with as little changed as must be
/// (SM-2).
/// </summary>
internal sealed class OutgoingMessage : IDisposable
{
    private readonly MessageContent _content;
    private readonly MessageContent? _owned;

    private OutgoingMessage(MessageContent content, bool isOwned) => (_content, _owned) = (content, isOwned ? content : null);

    /// <summary>MAIL with its parameters.</summary>
    public required string Mail { get; init; }

    /// <summary>Each recipient with its RCPT.</summary>
    public required ImmutableArray<(EnvelopeRecipient Recipient, string Rcpt)> Recipients { get; init; }

    /// <summary>Recipients that the server cannot be told of.</summary>
    public required ImmutableArray<RecipientOutcome> Failed { get; init; }

    /// <summary>The header that takes the place of the first <see cref="Replaced"/> octets; empty is none.</summary>
    public ReadOnlyMemory<byte> Front { get; private init; }

    /// <summary>How many octets of the content <see cref="Front"/> replaces.</summary>
    public int Replaced { get; private init; }

    /// <summary>Goes over in a chunk (BDAT) instead of lines (DATA).</summary>
    public bool IsChunk { get; private init; }

    /// <summary>There are CR or LF alone.</summary>
    public bool HasBareLineEnds { get; private init; }

    /// <summary>Octets of the content and of what comes in front.</summary>
    public long Length => _content.Length + Front.Length - Replaced;

    /// <summary>The content behind <see cref="Front"/>.</summary>
    public Stream OpenRead() => _content.OpenRead();

    public void Dispose() => _owned?.Dispose();

    /// <summary>Finds the form for a server.</summary>
    /// <param name="request">The message.</param>
    /// <param name="features">What the server offers.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<OutgoingMessage> ForAsync(
        DeliveryRequest request, ServerFeatures features, CancellationToken cancellationToken)
    {
        var envelope = request.Envelope;
        var shape = await ContentShape.OfAsync(request.Content, cancellationToken).ConfigureAwait(false);
        if (features.MaxSize > 0 && shape.Length > features.MaxSize)
            return Refused(request, DeliveryStatus.TooBigForDestination.Code, DeliveryStatus.TooBigForDestination.Text);
        var addresses = new WireAddresses(features.SmtpUtf8);
        if (addresses.Of(envelope.Sender) is not { } sender)
            return Refused(request, WireAddresses.Unsupported, "The next mail system cannot be told the sender's address.");
        var (recipients, failed) = Split(envelope, addresses);

        var header = shape.HasEightBit ? await MessageHeader.ReadAsync(request.Content, cancellationToken).ConfigureAwait(false) : null;
        var isInternational = header is not null && MessageHeader.IsInternational(header);
        ReadOnlyMemory<byte> front = default;
        if (isInternational && !features.SmtpUtf8)
        {
            if (MessageHeader.ToAscii(header) is not { } encoded)
                return Refused(
                    request, WireAddresses.Unsupported, "The next mail system cannot take the characters in the header of the message.");
            front = encoded;
        }
        var isChunk = envelope.Body == BodyType.BinaryMime && shape.IsBinary && features.BinaryMime;
        var isTooMuch = (shape.HasEightBit && !features.EightBitMime) || (envelope.Body == BodyType.BinaryMime && shape.IsBinary);
        if (isTooMuch && !isChunk)
        {
            var constraint = features.EightBitMime ? EncodingConstraint.EightBit : EncodingConstraint.SevenBit;
            using var whole = front.IsEmpty ? null : await JoinAsync(request.Content, front, header!.Length, cancellationToken)
                .ConfigureAwait(false);
            var lines = await LinesAsync(whole ?? request.Content, constraint, cancellationToken).ConfigureAwait(false);
            if (lines is null)
                return Refused(
                    request, new(5, 6, 3), "The next mail system cannot take the form of the message, and it cannot be changed.");
            shape = await ContentShape.OfAsync(lines, cancellationToken).ConfigureAwait(false);
            return Create(lines, isOwned: true, default, 0);
        }
        return Create(request.Content, isOwned: false, front, front.IsEmpty ? 0 : header!.Length);

        OutgoingMessage Create(MessageContent content, bool isOwned, ReadOnlyMemory<byte> newHeader, int replaced)
        {
            var isUtf8 = features.SmtpUtf8 && (isInternational || addresses.AreInternational
                || envelope.ExtensionParameters.Any(parameter => parameter.Keyword.Equals("SMTPUTF8", StringComparison.OrdinalIgnoreCase)));
            var length = shape.Length + newHeader.Length - replaced;
            var mail = $"MAIL FROM:<{sender}>" + (features.Size ? FormattableString.Invariant($" SIZE={length}") : "")
                + (isChunk ? " BODY=BINARYMIME" : shape.HasEightBit && features.EightBitMime ? " BODY=8BITMIME" : "")
                + (isUtf8 ? " SMTPUTF8" : "") + (features.Dsn ? DsnParameters.OfSender(envelope) : "");
            return new OutgoingMessage(content, isOwned)
            {
                Mail = mail,
                Recipients =
                [
                    .. recipients.Select(pair => (pair.Recipient,
                        $"RCPT TO:<{pair.Address}>" + (features.Dsn ? DsnParameters.OfRecipient(pair.Recipient) : ""))),
                ],
                Failed = failed,
                Front = newHeader,
                Replaced = replaced,
                IsChunk = isChunk,
                HasBareLineEnds = shape.HasBareLineEnds,
            };
        }
    }

    private static (ImmutableArray<(EnvelopeRecipient Recipient, string Address)>, ImmutableArray<RecipientOutcome>) Split(
        MailEnvelope envelope, WireAddresses addresses)
    {
        var recipients = ImmutableArray.CreateBuilder<(EnvelopeRecipient, string)>(envelope.Recipients.Length);
        var failed = ImmutableArray.CreateBuilder<RecipientOutcome>();
        foreach (var recipient in envelope.Recipients)
        {
            if (addresses.Of(recipient.Address) is { } address)
                recipients.Add((recipient, address));
            else
                failed.Add(RecipientOutcome.Failed(
                    recipient, WireAddresses.Unsupported, "The next mail system cannot be told the recipient's address."));
        }
        return (recipients.ToImmutable(), failed.ToImmutable());
    }

    // Null where the result still is not what the server takes.
    private static async ValueTask<MessageContent?> LinesAsync(
        MessageContent content, EncodingConstraint constraint, CancellationToken cancellationToken)
    {
        if (await SevenBit.OfAsync(content, constraint, cancellationToken).ConfigureAwait(false) is not { } lines)
            return null;
        var shape = await ContentShape.OfAsync(lines, cancellationToken).ConfigureAwait(false);
        if (!shape.IsBinary && (!shape.HasEightBit || constraint != EncodingConstraint.SevenBit))
            return lines;
        lines.Dispose();
        return null;
    }

    private static async ValueTask<MessageContent> JoinAsync(
        MessageContent content, ReadOnlyMemory<byte> front, int replaced, CancellationToken cancellationToken)
    {
        using var joined = new MemoryStream();
        await joined.WriteAsync(front, cancellationToken).ConfigureAwait(false);
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        await stream.ReadExactlyAsync(new byte[replaced], cancellationToken).ConfigureAwait(false);
        await stream.CopyToAsync(joined, cancellationToken).ConfigureAwait(false);
        return MessageContent.FromOctets(joined.ToArray());
    }

    private static OutgoingMessage Refused(DeliveryRequest request, EnhancedStatusCode status, string text) => new(request.Content, false)
    {
        Mail = "",
        Recipients = [],
        Failed = [.. request.Envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, status, text))],
    };

    // Addresses as a server can be told them.
    private sealed class WireAddresses(bool isUtf8Offered)
    {
        /// <summary>5.6.7: the next system does not know SMTPUTF8 (RFC 6531, 3.5).</summary>
        public static readonly EnhancedStatusCode Unsupported = new(5, 6, 7);

        /// <summary>One of them was not ASCII.</summary>
        public bool AreInternational { get; private set; }

        public string? Of(string address)
        {
            if (Ascii.IsValid(address))
                return address;
            if (isUtf8Offered)
            {
                AreInternational = true;
                return address;
            }
            // A domain has another form; a local part has none.
            var at = address.LastIndexOf('@');
            return Ascii.IsValid(address.AsSpan(0, at))
                ? address[..(at + 1)] + RoutingAddress.CanonicalDomain(address.AsSpan(at + 1))
                : null;
        }
    }
}
