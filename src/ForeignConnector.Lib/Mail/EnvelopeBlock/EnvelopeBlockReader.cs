using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Who wrote an X-header block.</summary>
internal enum InjectedForm
{
    /// <summary>A transport (EN, RP-2): addresses alone, and no field of the block behind it.</summary>
    Transport,

    /// <summary>
    /// An application, before a Pickup message (PU-11): a display name may stand before an address, and X-fields further down that name no
    /// sender and no recipient are the message's own.
    /// </summary>
    Application,
}

/// <summary>
/// Reads the X-header block in front of a message. The block is the leading run of fields whose name begins with <c>X-</c>, up to and
/// including <c>X-EndOfInjectedXHeaders</c> if the run has it: what follows is the message and is not looked at (EN-5, RP-5). Other
/// <c>X-</c> fields among the injected ones are the message's own. Pure; throws nothing but <see cref="MailFormatException"/>.
/// </summary>
/// <param name="form">Who wrote the block.</param>
/// <param name="defaultDomain">Where a postmaster without a domain is (EN-11); null when nobody knows.</param>
internal readonly struct EnvelopeBlockReader(InjectedForm form, string? defaultDomain = null)
{
    /// <summary>Reads the block of a Replay file, which must be complete (RP-2).</summary>
    /// <param name="header">The file, or as much of it as holds the header.</param>
    /// <param name="start">Where the header begins.</param>
    /// <param name="defaultDomain">Where a postmaster without a domain is (EN-11); null when nobody knows.</param>
    /// <exception cref="MailFormatException">The block breaks a rule; nothing of the file can be trusted.</exception>
    public static InjectedBlock ReadReplay(ReadOnlySpan<byte> header, int start = 0, string? defaultDomain = null)
    {
        var block = new EnvelopeBlockReader(InjectedForm.Transport, defaultDomain).ReadRun(header, start, takesAll: true);
        if (!block.HasSender)
            throw new MailFormatException("RP-2", "there is no X-Sender field among the X-headers in front", start);
        return block.HasRecipients
            ? block
            : throw new MailFormatException("RP-2", "there is no X-Receiver field among the X-headers in front", start);
    }

    /// <summary>
    /// Reads the block that applications put before a Pickup message (PU-11): its recipients, and its sender if there is one. Null when the
    /// message has no such block.
    /// Without the end mark every other field of the run is the message's own.
    /// </summary>
    /// <inheritdoc cref="ReadReplay"/>
    public static InjectedBlock? ReadPickup(ReadOnlySpan<byte> header, int start = 0, string? defaultDomain = null)
    {
        var names = NamesInRun(header, start);
        var reader = new EnvelopeBlockReader(InjectedForm.Application, defaultDomain);
        if (names.Contains(InjectedName.Receiver))
            return reader.ReadRun(header, start, takesAll: names.Contains(InjectedName.End));
        reader.RefuseLateReceivers(header, start);
        return null;
    }

    /// <summary>True when the block names a recipient; its value is not looked at. A sender alone is a field like others (PU-11).</summary>
    public static bool StartsWithEnvelope(ReadOnlySpan<byte> header, int start = 0) =>
        NamesInRun(header, start).Contains(InjectedName.Receiver);

    /// <summary>Reads the sender of a block that may be broken elsewhere (ND-1).</summary>
    /// <param name="header">The file, or as much of it as holds the header.</param>
    /// <param name="start">Where the header begins.</param>
    /// <param name="sender">The sender; null when there is more than one, or it cannot be read.</param>
    /// <returns>False when the block has no X-Sender at all.</returns>
    public bool TryReadSender(ReadOnlySpan<byte> header, int start, out InjectedSender? sender)
    {
        sender = null;
        var found = 0;
        var scanner = new HeaderScanner(header, start);
        try
        {
            while (TryReadInRun(header, ref scanner, out var field)
                && EnvelopeKeywords.FieldOf(header, field) is not InjectedName.End and var name)
            {
                if (name == InjectedName.Sender && IsEnvelope(name, header, field))
                    sender = ++found == 1 ? InjectedFieldReader.ReadSender(header, field, form, defaultDomain) : null;
            }
        }
        catch (MailFormatException)
        {
            sender = null;
            found++;
        }
        return found > 0;
    }

    /// <summary>
    /// Reads the recipients of a block that may be broken elsewhere (ND-2): all of them, or none when one cannot be read.
    /// </summary>
    /// <param name="header">The file's whole header. Recipients behind the block count as well, where nothing marks its end.</param>
    /// <param name="start">Where the header begins.</param>
    public ImmutableArray<EnvelopeRecipient> RecipientsOrNone(ReadOnlySpan<byte> header, int start)
    {
        var recipients = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        var scanner = new HeaderScanner(header, start);
        try
        {
            while (scanner.TryRead(out var field) && EnvelopeKeywords.FieldOf(header, field) is not InjectedName.End and var name)
            {
                if (name == InjectedName.Receiver)
                    recipients.Add(InjectedFieldReader.ReadRecipient(header, field, form, defaultDomain, out _));
            }
            return recipients.DrainToImmutable();
        }
        catch (MailFormatException)
        {
            return [];
        }
    }

    private static bool TryReadInRun(ReadOnlySpan<byte> header, ref HeaderScanner scanner, out HeaderField field) =>
        scanner.TryRead(out field) && field.StartsWith(header, "X-"u8);

    // Up to the end mark.
    private static HashSet<InjectedName> NamesInRun(ReadOnlySpan<byte> header, int start)
    {
        var names = new HashSet<InjectedName>();
        var scanner = new HeaderScanner(header, start);
        while (!names.Contains(InjectedName.End) && TryReadInRun(header, ref scanner, out var field))
            names.Add(EnvelopeKeywords.FieldOf(header, field));
        return names;
    }

    private InjectedBlock ReadRun(ReadOnlySpan<byte> header, int start, bool takesAll)
    {
        var block = new InjectedBlock();
        var scanner = new HeaderScanner(header, start);
        var end = start;
        var ended = false;
        while (!ended && TryReadInRun(header, ref scanner, out var field))
        {
            end = field.End;
            var name = EnvelopeKeywords.FieldOf(header, field);
            if (name == InjectedName.None || ((name == InjectedName.Sender || !takesAll) && !IsEnvelope(name, header, field)))
                continue;
            ReadField(block, name, header, field);
            block.Remove(field.Start, field.End);
            ended = name == InjectedName.End;
        }
        if (!ended)
            RefuseLateReceivers(header, end);
        return block;
    }

    // What an application wrote into an X-Sender need not be an address; then it is a field like others.
    private bool IsEnvelope(InjectedName name, ReadOnlySpan<byte> header, HeaderField field) =>
        name == InjectedName.Receiver
        || (name == InjectedName.Sender
            && (form == InjectedForm.Transport || InjectedFieldReader.HoldsAddress(header, field, form, defaultDomain)));

    private void ReadField(InjectedBlock block, InjectedName name, ReadOnlySpan<byte> header, HeaderField field)
    {
        switch (name)
        {
            case InjectedName.Sender:
                RefuseSecond(block.HasSender, name, field);
                block.Sender = InjectedFieldReader.ReadSender(header, field, form, defaultDomain);
                break;
            case InjectedName.Receiver:
                block.Add(InjectedFieldReader.ReadRecipient(header, field, form, defaultDomain, out var isOrcptLeftOut));
                if (isOrcptLeftOut)
                    block.LeftOut.TryAdd(EnvelopeKeywords.Orcpt, field.Start);
                break;
            case InjectedName.CreatedBy:
                RefuseSecond(block.CreatedBy is not null, name, field);
                block.CreatedBy = InjectedFieldReader.ReadText(header, field, name)
                    ?? throw new MailFormatException("EN-6", "X-CreatedBy is empty; leave it out or name the product", field.ValueStart);
                break;
            case InjectedName.HeloDomain:
                ReadHeloDomain(block, header, field);
                break;
            case InjectedName.ExtendedProps:
                RefuseSecond(block.ExtendedProps is not null, name, field);
                block.ExtendedProps = InjectedFieldReader.ReadText(header, field, name);
                break;
            case InjectedName.ExtendedMessageProps:
                RefuseSecond(block.ExtendedMessageProps is not null, name, field);
                block.ExtendedMessageProps = InjectedFieldReader.ReadText(header, field, name);
                break;
            case InjectedName.Source:
                RefuseSecond(block.Source is not null, name, field);
                block.Source = InjectedFieldReader.ReadText(header, field, name);
                break;
            case InjectedName.SourceIPAddress:
                RefuseSecond(block.SourceIPAddress is not null, name, field);
                block.SourceIPAddress = InjectedFieldReader.ReadIPAddress(header, field);
                break;
            default:
                break;
        }
    }

    // Only a hint (EN-11): the first that can be written counts.
    private static void ReadHeloDomain(InjectedBlock block, ReadOnlySpan<byte> header, HeaderField field)
    {
        try
        {
            var domain = InjectedFieldReader.ReadText(header, field, InjectedName.HeloDomain);
            if (block.HeloDomain is not null && domain is not null)
                block.LeftOut.TryAdd(InjectedName.HeloDomain.Text(), field.Start);
            block.HeloDomain ??= domain;
        }
        catch (MailFormatException)
        {
            block.LeftOut.TryAdd(InjectedName.HeloDomain.Text(), field.Start);
        }
    }

    private static void RefuseSecond(bool exists, InjectedName name, HeaderField field)
    {
        if (exists)
            throw new MailFormatException(name == InjectedName.Sender ? "RP-2" : "EN-6", $"{name.Text()} stands twice", field.Start);
    }

    // The writer of an X-Receiver behind the block meant a recipient, most likely a hidden one: an ordinary field would show it to the
    // others and give it no message.
    private void RefuseLateReceivers(ReadOnlySpan<byte> header, int runEnd)
    {
        var scanner = new HeaderScanner(header, runEnd);
        while (scanner.TryRead(out var field))
        {
            if (EnvelopeKeywords.FieldOf(header, field) == InjectedName.Receiver)
            {
                var rule = form == InjectedForm.Transport ? "RP-2" : "PU-11";
                throw new MailFormatException(
                    rule, "X-Receiver must stand before the ordinary header fields, with the other lines of the envelope", field.Start);
            }
        }
    }
}
