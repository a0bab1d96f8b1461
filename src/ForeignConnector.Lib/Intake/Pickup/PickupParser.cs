using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>Makes a message of what an application composed (PU-5..PU-11). Pure: header octets in, envelope and new header out.</summary>
/// <param name="maxRecipients">PU-3.</param>
/// <param name="envelopeHeaders">PU-11.</param>
internal sealed class PickupParser(int maxRecipients, PickupEnvelopeHeaders envelopeHeaders)
{
    /// <summary>Reads a header.</summary>
    /// <param name="octets">From the beginning of the file to the end of its last field.</param>
    /// <param name="start">The first field.</param>
    /// <param name="blankLine">What ends the header.</param>
    /// <param name="stamp">What is added in front.</param>
    /// <exception cref="MailFormatException">The file is not a valid Pickup file.</exception>
    public ParsedMessage Parse(ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp)
    {
        var block = ReadBlock(octets, start);
        var facts = HeaderFacts.Read(octets, start, "PU-5");
        var addresses = PickupAddresses.Read(octets, start, block);
        var envelope = Envelope(addresses, block, stamp.Product);
        if (envelope.Recipients.Length > maxRecipients)
            throw new MailFormatException("PU-3", $"{envelope.Recipients.Length} recipients are more than PickupDirectoryMaxRecipientsPerMessage ({maxRecipients})")
            {
                Status = DeliveryStatus.TooManyRecipients,
            };
        return new ParsedMessage(envelope, NewHeader(octets, start, blankLine, stamp, block, facts, addresses, envelope.Body));
    }

    /// <summary>Who a file is from that breaks a rule elsewhere (ND-1), by PU-5, PU-6 and PU-11; null when that cannot be told.</summary>
    /// <param name="octets">As much of the header as can be read, in whole fields.</param>
    /// <param name="start">The first field.</param>
    public InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start)
    {
        if (envelopeHeaders == PickupEnvelopeHeaders.Reject && EnvelopeBlockReader.StartsWithEnvelope(octets, start))
            return null;
        if (envelopeHeaders == PickupEnvelopeHeaders.Honor && EnvelopeBlockReader.TryReadSender(octets, start, InjectedForm.Application, out var sender))
            return sender;
        return PickupAddresses.TryReadSender(octets, start) is { } address ? new InjectedSender(address) : null;
    }

    private InjectedBlock? ReadBlock(ReadOnlySpan<byte> octets, int start)
    {
        switch (envelopeHeaders)
        {
            case PickupEnvelopeHeaders.Honor:
                return EnvelopeBlockReader.ReadPickup(octets, start);
            case PickupEnvelopeHeaders.Reject when EnvelopeBlockReader.StartsWithEnvelope(octets, start):
                throw new MailFormatException("PU-11", "the file begins with X-Sender or X-Receiver: it belongs in the Replay directory", start);
            default:
                return null;
        }
    }

    private static MailEnvelope Envelope(PickupAddresses addresses, InjectedBlock? block, string product)
    {
        var sender = addresses.Sender;
        if (block is { HasRecipients: true })
            return EachOnce(block.ToEnvelope(sender, [])) with { CreatedBy = product, Source = PickupProcessor.SourceName };
        var recipients = addresses.Recipients();
        if (recipients.Count == 0)
            throw new MailFormatException("PU-5", "there is no recipient: To, Cc and Bcc hold no address");
        return block is null
            ? new MailEnvelope(sender, recipients) { CreatedBy = product, Source = PickupProcessor.SourceName }
            : block.ToEnvelope(sender, recipients) with { CreatedBy = product, Source = PickupProcessor.SourceName };
    }

    // Each address once, as PU-7 has it for the fields.
    private static MailEnvelope EachOnce(MailEnvelope envelope) =>
        envelope with { Recipients = [.. envelope.Recipients.DistinctBy(recipient => RoutingAddress.Smtp(SeenAddresses.Canonical(recipient.Address)))] };

    private static PooledBuffer NewHeader(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp, InjectedBlock? block, HeaderFacts facts, PickupAddresses addresses,
        BodyType body)
    {
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: body != BodyType.BinaryMime);
        var hideRecipients = addresses.NeedsUndisclosedRecipients;
        var added = stamp.Received("Pickup", stamp.ServerName) + facts.Additions(stamp) + (hideRecipients ? "To: undisclosed-recipients:;\r\n" : "");
        Encoding.UTF8.GetBytes(added, output);
        HeaderEdit.Copy(octets, start, HeaderFirewall.Pickup, new PickupFieldFilter(block, facts, hideRecipients), ref lineEnds, output);
        lineEnds.Write(blankLine, output);
        return output;
    }

    /// <summary>The fields that leave or are replaced, beside those the firewall blocks.</summary>
    private readonly struct PickupFieldFilter(InjectedBlock? block, HeaderFacts facts, bool replaceTo) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) =>
            facts.Replaces(octets, field) || block?.Removes(field.Start) == true || (replaceTo && field.Is(octets, "To"u8));
    }
}
