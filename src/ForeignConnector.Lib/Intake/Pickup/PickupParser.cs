using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>
/// Reads files as the Pickup directory does (PU-5..PU-11): for programs that want to know what becomes of a file before they put it there,
/// or why one was refused. Pure: octets in, results out. Thread-safe.
/// </summary>
public sealed class PickupParser
{
    private readonly int _maxRecipients;
    private readonly PickupEnvelopeHeaders _envelopeHeaders;
    private readonly long _maxHeaderSize;

    /// <summary>A parser with the limits of a Pickup directory.</summary>
    /// <param name="options">
    /// Read now; by default those of <see cref="PickupOptions"/>. <see cref="PickupOptions.DotStuffed"/> makes no difference to a header.
    /// </param>
    public PickupParser(PickupOptions? options = null)
    {
        options ??= new PickupOptions();
        _maxRecipients = options.MaxRecipientsPerMessage;
        _envelopeHeaders = options.EnvelopeHeaders;
        _maxHeaderSize = options.MaxHeaderSize.Octets;
    }

    internal PickupParser(int maxRecipients, PickupEnvelopeHeaders envelopeHeaders)
        : this(new PickupOptions { MaxRecipientsPerMessage = maxRecipients, EnvelopeHeaders = envelopeHeaders })
    {
    }

    /// <summary>Where <c>&lt;postmaster&gt;</c> without a domain is (EN-11).</summary>
    /// <value>Default null: such an address is an error.</value>
    public string? DefaultDomain { get; init; }

    /// <summary>Reads a file; what breaks a rule is in the result, and nothing is thrown for it. The body is not looked at.</summary>
    /// <param name="octets">The file, or as much of it as holds the header and its blank line.</param>
    public ParsedFile Parse(ReadOnlySpan<byte> octets)
    {
        var found = new FileFindings(octets);
        var header = octets[..found.End];
        var start = found.Start;
        if (found.End - start > _maxHeaderSize)
            found.Fail(new MailFormatException(
                "PU-3", $"the header is larger than PickupDirectoryMaxHeaderSize ({_maxHeaderSize} octets)", start));
        var isBlockRead = TryReadBlock(found, header, out var block);
        CheckFields(found, header);
        var addresses = PickupAddresses.Read(header, start);
        if (isBlockRead && block is null)
        {
            _ = found.Check(addresses.Sender);
            _ = found.Check(() => addresses.Recipients(out _));
        }
        var envelope = isBlockRead
            ? found.Check(() => CheckCount(Envelope(addresses, block, ProductInfo.Name, out var unreadable), unreadable.Length))
            : null;
        foreach (var problem in block is null ? addresses.UnreadableRecipients : [])
            found.Warn(problem.Rule, $"a recipient is left out: {problem.Reason}", problem.Position ?? start);
        found.WarnOf(HeaderFacts.Read(header, start, serverName: null), block);
        return found.Complete(envelope, block, envelope?.Sender ?? TryReadSender(header, start, DefaultDomain)?.Address);
    }

    /// <summary>Reads a header.</summary>
    /// <param name="octets">From the beginning of the file to the end of its last field.</param>
    /// <param name="start">The first field.</param>
    /// <param name="blankLine">What ends the header.</param>
    /// <param name="stamp">What is added in front.</param>
    /// <exception cref="MailFormatException">The file is not a valid Pickup file.</exception>
    internal ParsedMessage Parse(ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp)
    {
        var block = ReadBlock(octets, start, stamp.DefaultDomain);
        HeaderFacts.RequireFields(octets, start);
        var facts = HeaderFacts.Read(octets, start, stamp.ServerName);
        var addresses = PickupAddresses.Read(octets, start);
        var envelope = Envelope(addresses, block, stamp.Product, out var unreadable);
        CheckCount(envelope, unreadable.Length);
        return new ParsedMessage(envelope, NewHeader(octets, start, blankLine, stamp, block, facts, addresses, envelope.Body))
        {
            Unreadable = unreadable,
            // What stays behind here holds all that may not leave (HF-2, HF-1).
            Cleanness = Cleanness.All,
            LeftOut = block is null ? ImmutableDictionary<string, int>.Empty : block.LeftOut,
        };
    }

    /// <summary>Who a file is from that breaks a rule elsewhere (ND-1), by PU-5, PU-6 and PU-11; null when that cannot be told.</summary>
    /// <param name="octets">As much of the header as can be read, in whole fields.</param>
    /// <param name="start">The first field.</param>
    /// <param name="defaultDomain">Where a postmaster without a domain is (EN-11).</param>
    internal InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain)
    {
        var isEnvelope = EnvelopeBlockReader.StartsWithEnvelope(octets, start);
        if (_envelopeHeaders == PickupEnvelopeHeaders.Reject && isEnvelope)
            return null;
        if (_envelopeHeaders == PickupEnvelopeHeaders.Honor && isEnvelope
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

    private bool TryReadBlock(FileFindings found, ReadOnlySpan<byte> header, out InjectedBlock? block)
    {
        try
        {
            block = ReadBlock(header, found.Start, DefaultDomain);
            return true;
        }
        catch (MailFormatException e)
        {
            found.Fail(e);
            block = null;
            return false;
        }
    }

    private static void CheckFields(FileFindings found, ReadOnlySpan<byte> header)
    {
        try
        {
            HeaderFacts.RequireFields(header, found.Start);
        }
        catch (MailFormatException e)
        {
            found.Fail(e);
        }
    }

    private InjectedBlock? ReadBlock(ReadOnlySpan<byte> octets, int start, string? defaultDomain)
    {
        switch (_envelopeHeaders)
        {
            case PickupEnvelopeHeaders.Honor:
                return EnvelopeBlockReader.ReadPickup(octets, start, defaultDomain);
            case PickupEnvelopeHeaders.Reject when EnvelopeBlockReader.StartsWithEnvelope(octets, start):
                throw new MailFormatException("PU-11", "the file begins with X-Receiver: it belongs in the Replay directory", start);
            default:
                return null;
        }
    }

    private MailEnvelope CheckCount(MailEnvelope envelope, int unreadable)
    {
        var recipients = envelope.Recipients.Length + unreadable;
        return recipients <= _maxRecipients
            ? envelope
            : throw new MailFormatException(
                "PU-3", $"{recipients} recipients are more than PickupDirectoryMaxRecipientsPerMessage ({_maxRecipients})")
            {
                Status = DeliveryStatus.TooManyRecipients,
            };
    }

    // With recipients in the block, From and To are for people.
    private static MailEnvelope Envelope(
        PickupAddresses addresses, InjectedBlock? block, string product, out ImmutableArray<RecipientOutcome> unreadable)
    {
        unreadable = [];
        var envelope = block is null
            ? new MailEnvelope(addresses.Sender(), addresses.Recipients(out unreadable))
            : SeenAddresses.EachOnce(block.ToEnvelope(block.Sender ?? new InjectedSender(addresses.Sender())));
        return envelope with { CreatedBy = product, Source = PickupProcessor.SourceName };
    }

    private static PooledBuffer NewHeader(
        ReadOnlySpan<byte> octets,
            int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp, InjectedBlock? block, HeaderFacts facts, PickupAddresses addresses,
        BodyType body)
    {
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: body != BodyType.BinaryMime);
        var from = block?.Sender is { Address.Length: > 0 } sender && !addresses.HasFrom ? $"From: <{sender.Address}>\r\n" : "";
        var to = addresses.NeedsUndisclosedRecipients ? "To: undisclosed-recipients:;\r\n" : "";
        Encoding.UTF8.GetBytes(stamp.ReceivedByPickup() + facts.Additions(stamp) + from + to, output);
        HeaderEdit.Copy(octets,
            start, HeaderFirewall.Pickup, new PickupFieldFilter(block, facts, from.Length > 0, to.Length > 0), ref lineEnds, output);
        lineEnds.Write(blankLine, output);
        return output;
    }

    /// <summary>The fields that leave or are replaced, beside those the firewall blocks.</summary>
    private readonly struct PickupFieldFilter(InjectedBlock? block, HeaderFacts facts, bool replaceFrom, bool replaceTo) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) =>
            facts.Replaces(octets, field) || block?.Removes(field.Start) == true
                || (replaceFrom && field.Is(octets, "From"u8)) || (replaceTo && field.Is(octets, "To"u8));
    }
}
