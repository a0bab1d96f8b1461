using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

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
        var block = ReadBlock(octets, start, stamp.DefaultDomain);
        HeaderFacts.RequireFields(octets, start);
        var facts = HeaderFacts.Read(octets, start, stamp.ServerName);
        var addresses = PickupAddresses.Read(octets, start);
        var envelope = Envelope(addresses, block, stamp.Product, out var unreadable);
        var recipients = envelope.Recipients.Length + unreadable.Length;
        if (recipients > maxRecipients)
            throw new MailFormatException("PU-3", $"{recipients} recipients are more than PickupDirectoryMaxRecipientsPerMessage ({maxRecipients})")
            {
                Status = DeliveryStatus.TooManyRecipients,
            };
        return new ParsedMessage(envelope, NewHeader(octets, start, blankLine, stamp, block, facts, addresses, envelope.Body))
        {
            Unreadable = unreadable,
            LeftOut = block is null ? ImmutableDictionary<string, int>.Empty : block.LeftOut,
        };
    }

    /// <summary>Who a file is from that breaks a rule elsewhere (ND-1), by PU-5, PU-6 and PU-11; null when that cannot be told.</summary>
    /// <param name="octets">As much of the header as can be read, in whole fields.</param>
    /// <param name="start">The first field.</param>
    /// <param name="defaultDomain">Where a postmaster without a domain is (EN-11).</param>
    public InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start, string defaultDomain)
    {
        var isEnvelope = EnvelopeBlockReader.StartsWithEnvelope(octets, start);
        if (envelopeHeaders == PickupEnvelopeHeaders.Reject && isEnvelope)
            return null;
        if (envelopeHeaders == PickupEnvelopeHeaders.Honor && isEnvelope
            && new EnvelopeBlockReader(InjectedForm.Application, defaultDomain).TryReadSender(octets, start, out var sender))
            return sender;
        try
        {
            return new InjectedSender(PickupAddresses.Read(octets, start).Sender());
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    private InjectedBlock? ReadBlock(ReadOnlySpan<byte> octets, int start, string defaultDomain)
    {
        switch (envelopeHeaders)
        {
            case PickupEnvelopeHeaders.Honor:
                return EnvelopeBlockReader.ReadPickup(octets, start, defaultDomain);
            case PickupEnvelopeHeaders.Reject when EnvelopeBlockReader.StartsWithEnvelope(octets, start):
                throw new MailFormatException("PU-11", "the file begins with X-Receiver: it belongs in the Replay directory", start);
            default:
                return null;
        }
    }

    // With recipients in the block, From and To are for people.
    private static MailEnvelope Envelope(PickupAddresses addresses, InjectedBlock? block, string product, out ImmutableArray<RecipientOutcome> unreadable)
    {
        unreadable = [];
        var envelope = block is null
            ? new MailEnvelope(addresses.Sender(), addresses.Recipients(out unreadable))
            : SeenAddresses.EachOnce(block.ToEnvelope(block.Sender ?? new InjectedSender(addresses.Sender())));
        return envelope with { CreatedBy = product, Source = PickupProcessor.SourceName };
    }

    private static PooledBuffer NewHeader(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp, InjectedBlock? block, HeaderFacts facts, PickupAddresses addresses,
        BodyType body)
    {
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: body != BodyType.BinaryMime);
        var from = block?.Sender is { Address.Length: > 0 } sender && !addresses.HasFrom ? $"From: <{sender.Address}>\r\n" : "";
        var to = addresses.NeedsUndisclosedRecipients ? "To: undisclosed-recipients:;\r\n" : "";
        Encoding.UTF8.GetBytes(stamp.ReceivedByPickup() + facts.Additions(stamp) + from + to, output);
        HeaderEdit.Copy(octets, start, HeaderFirewall.Pickup, new PickupFieldFilter(block, facts, from.Length > 0, to.Length > 0), ref lineEnds, output);
        lineEnds.Write(blankLine, output);
        return output;
    }

    /// <summary>The fields that leave or are replaced, beside those the firewall blocks.</summary>
    private readonly struct PickupFieldFilter(InjectedBlock? block, HeaderFacts facts, bool replaceFrom, bool replaceTo) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) =>
            facts.Replaces(octets, field) || block?.Removes(field.Start) == true || (replaceFrom && field.Is(octets, "From"u8)) || (replaceTo && field.Is(octets, "To"u8));
    }
}
