using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
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
public sealed class PickupParser : IHeaderParser
{
    private readonly int _maxRecipients;
    private readonly PickupEnvelopeHeaders _envelopeHeaders;
    private readonly ByteSize _maxHeaderSize;
    private readonly bool _dotStuffed;

    /// <summary>A parser with the limits of a Pickup directory.</summary>
    /// <param name="options">
    /// Read now; by default those of <see cref="PickupOptions"/>. <see cref="PickupOptions.DotStuffed"/> makes no difference to a header.
    /// </param>
    public PickupParser(PickupOptions? options = null)
    {
        options ??= new PickupOptions();
        _maxRecipients = options.MaxRecipientsPerMessage;
        _envelopeHeaders = options.EnvelopeHeaders;
        _maxHeaderSize = options.MaxHeaderSize;
        _dotStuffed = options.DotStuffed;
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
        if (found.End - start > _maxHeaderSize.Octets)
            found.Fail(new MailFormatException(
                "PU-3", $"the header is larger than PickupDirectoryMaxHeaderSize ({_maxHeaderSize.Octets} octets)", start));
        var fields = PickupHeader.Read(header, start, serverName: null);
        var isBlockRead = TryReadBlock(found, header, fields, out var block);
        CheckFields(found, fields);
        if (isBlockRead && block is null)
        {
            _ = found.Check(fields.Sender);
            _ = found.Check(() => fields.Recipients(out _));
        }
        var envelope = isBlockRead
            ? found.Check(() => CheckCount(Envelope(fields, block, ProductInfo.Name, out var unreadable), unreadable.Length))
            : null;
        foreach (var problem in block is null ? fields.UnreadableRecipients : [])
            found.Warn(problem.Rule, $"a recipient is left out: {problem.Reason}", problem.Position ?? start);
        found.WarnOf(fields.Facts, block);
        return found.Complete(envelope, block, envelope?.Sender ?? TryReadSender(header, start, DefaultDomain)?.Address);
    }

    TrackingSource IHeaderParser.Source => TrackingSource.Pickup;

    bool IHeaderParser.DotStuffed => _dotStuffed;

    long IHeaderParser.MaxHeaderSize => _maxHeaderSize.Octets;

    MailFormatException IHeaderParser.TooLarge()
    {
        var limit = _maxHeaderSize.Octets <= HeaderBuffer.Ceiling
            ? $"PickupDirectoryMaxHeaderSize ({_maxHeaderSize})"
            : $"{HeaderBuffer.Ceiling >> 20} MB, the most that is read";
        return new("PU-3", $"the header is larger than {limit}") { Status = DeliveryStatus.HeaderTooBig };
    }

    ParsedMessage IHeaderParser.Parse(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeIdentity identity, SubmissionId id)
    {
        var fields = PickupHeader.Read(octets, start, identity.ServerName);
        var block = ReadBlock(octets, start, fields, identity.DefaultDomain);
        fields.RequireFields();
        var envelope = Envelope(fields, block, identity.Product, out var unreadable);
        CheckCount(envelope, unreadable.Length);
        var added = identity.ReceivedByPickup(id) + fields.Facts.Additions(identity, id);
        return new ParsedMessage(envelope, NewHeader(octets, start, blankLine, added, block, fields, envelope.Body))
        {
            Unreadable = unreadable,
            // The new header holds nothing that may not leave (HF-2, HF-1).
            Cleanness = Cleanness.All,
            LeftOut = block is null ? ImmutableDictionary<string, int>.Empty : block.LeftOut,
        };
    }

    // By PU-5, PU-6 and PU-11.
    InjectedSender? IHeaderParser.TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain) =>
        TryReadSender(octets, start, defaultDomain);

    // The sender may know the recipients of the fields, but Bcc may be among them. Where X-Receivers are scattered, all of them count.
    ImmutableArray<EnvelopeRecipient> IHeaderParser.RecipientsOrNone(
        ReadOnlySpan<byte> octets, int start, string? defaultDomain, MailFormatException problem)
    {
        var hasReceivers = problem.Rule == "PU-11" || EnvelopeBlockReader.StartsWithEnvelope(octets, start);
        return _envelopeHeaders == PickupEnvelopeHeaders.Honor && hasReceivers
            ? new EnvelopeBlockReader(InjectedForm.Application, defaultDomain).RecipientsOrNone(octets, start)
            : [];
    }

    private InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain)
    {
        var isEnvelope = EnvelopeBlockReader.StartsWithEnvelope(octets, start);
        if (_envelopeHeaders == PickupEnvelopeHeaders.Reject && isEnvelope)
            return null;
        if (_envelopeHeaders == PickupEnvelopeHeaders.Honor && isEnvelope
            && new EnvelopeBlockReader(InjectedForm.Application, defaultDomain).TryReadSender(octets, start, out var sender))
            return sender;
        try
        {
            return new InjectedSender(PickupHeader.Read(octets, start, serverName: null).Sender());
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    private bool TryReadBlock(FileFindings found, ReadOnlySpan<byte> header, PickupHeader fields, out InjectedBlock? block)
    {
        try
        {
            block = ReadBlock(header, found.Start, fields, DefaultDomain);
            return true;
        }
        catch (MailFormatException e)
        {
            found.Fail(e);
            block = null;
            return false;
        }
    }

    private static void CheckFields(FileFindings found, PickupHeader fields)
    {
        try
        {
            fields.RequireFields();
        }
        catch (MailFormatException e)
        {
            found.Fail(e);
        }
    }

    // Most files name no X-Receiver: their header is not walked again.
    private InjectedBlock? ReadBlock(ReadOnlySpan<byte> octets, int start, PickupHeader fields, string? defaultDomain)
    {
        if (!fields.NamesReceiver)
            return null;
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
        PickupHeader fields, InjectedBlock? block, string product, out ImmutableArray<RecipientOutcome> unreadable)
    {
        unreadable = [];
        var envelope = block is null
            ? new MailEnvelope(fields.Sender(), fields.Recipients(out unreadable), isSenderChecked: true)
            : SeenAddresses.EachOnce(block.ToEnvelope(block.Sender ?? new InjectedSender(fields.Sender())));
        return envelope with { CreatedBy = product, Source = nameof(TrackingSource.Pickup) };
    }

    private static PooledBuffer NewHeader(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, string added, InjectedBlock? block, PickupHeader fields,
        BodyType body)
    {
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: body != BodyType.BinaryMime);
        var from = block?.Sender is { Address.Length: > 0 } sender && !fields.HasFrom ? $"From: <{sender.Address}>\r\n" : "";
        var to = fields.NeedsUndisclosedRecipients ? "To: undisclosed-recipients:;\r\n" : "";
        Encoding.UTF8.GetBytes(added + from + to, output);
        var filter = new PickupFieldFilter(block, fields.Facts, from.Length > 0, to.Length > 0);
        HeaderFirewall.Pickup.CopyHeader(octets, start, filter, ref lineEnds, output);
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
