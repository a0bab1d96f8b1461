using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Reads the X-header block in front of a message. The block is the leading run of fields whose name begins with <c>X-</c>, up to and
/// including <c>X-EndOfInjectedXHeaders</c> if the run has it: what follows is the message and is not looked at (EN-5, RP-5). Other
/// <c>X-</c> fields among the injected ones are the message's own. Pure; throws nothing but <see cref="MailFormatException"/>.
/// </summary>
internal static class EnvelopeBlockReader
{
    /// <summary>Reads the block of a Replay file, which must be complete (RP-2).</summary>
    /// <param name="header">The file, or as much of it as holds the header.</param>
    /// <param name="start">Where the header begins.</param>
    /// <exception cref="MailFormatException">The block breaks a rule; nothing of the file can be trusted.</exception>
    public static InjectedBlock ReadReplay(ReadOnlySpan<byte> header, int start = 0)
    {
        var scanner = new HeaderScanner(header, start);
        var block = ReadRun(header, ref scanner, InjectedForm.Transport, out var ended);
        if (!ended)
            RefuseStragglers(header, block.RunEnd, InjectedForm.Transport);
        if (!block.Block.HasSender)
            throw new MailFormatException("RP-2", "there is no X-Sender field among the X-headers in front", start);
        return block.Block.HasRecipients
            ? block.Block
            : throw new MailFormatException("RP-2", "there is no X-Receiver field among the X-headers in front", start);
    }

    /// <summary>
    /// Reads the block that applications put before a Pickup message (PU-11); sender or recipients may be missing. Null when the message has
    /// no such block.
    /// </summary>
    /// <inheritdoc cref="ReadReplay"/>
    public static InjectedBlock? ReadPickup(ReadOnlySpan<byte> header, int start = 0)
    {
        if (!StartsWithEnvelope(header, start))
            return null;
        var scanner = new HeaderScanner(header, start);
        var (block, runEnd) = ReadRun(header, ref scanner, InjectedForm.Application, out var ended);
        if (!ended)
            RefuseStragglers(header, runEnd, InjectedForm.Application);
        return block;
    }

    /// <summary>True when the block names a sender or a recipient; their values are not looked at.</summary>
    public static bool StartsWithEnvelope(ReadOnlySpan<byte> header, int start = 0)
    {
        var scanner = new HeaderScanner(header, start);
        while (TryReadInRun(header, ref scanner, out var field))
        {
            switch (InjectedNames.Of(header, field))
            {
                case InjectedName.Sender or InjectedName.Receiver:
                    return true;
                case InjectedName.End:
                    return false;
                default:
                    continue;
            }
        }
        return false;
    }

    /// <summary>Reads the sender of a block that may be broken elsewhere (ND-1).</summary>
    /// <param name="header">The file, or as much of it as holds the header.</param>
    /// <param name="start">Where the header begins.</param>
    /// <param name="form">Who wrote the block.</param>
    /// <param name="sender">The sender; null when there is more than one, or it cannot be read.</param>
    /// <returns>False when the block has no X-Sender at all.</returns>
    public static bool TryReadSender(ReadOnlySpan<byte> header, int start, InjectedForm form, out InjectedSender? sender)
    {
        sender = null;
        var found = 0;
        var scanner = new HeaderScanner(header, start);
        try
        {
            while (TryReadInRun(header, ref scanner, out var field) && InjectedNames.Of(header, field) is not InjectedName.End and var name)
            {
                if (name == InjectedName.Sender)
                    sender = ++found == 1 ? InjectedFieldReader.ReadSender(header, field, form) : null;
            }
        }
        catch (MailFormatException)
        {
            sender = null;
            found++;
        }
        return found > 0;
    }

    /// <summary>Reads the recipients of a block that may be broken elsewhere (ND-2): all of them, or none when one cannot be read.</summary>
    /// <param name="header">The file's whole header.</param>
    /// <param name="start">Where the header begins.</param>
    /// <param name="form">Who wrote the block. Those that stand behind it count as well, where nothing marks its end.</param>
    public static ImmutableArray<EnvelopeRecipient> RecipientsOrNone(ReadOnlySpan<byte> header, int start, InjectedForm form)
    {
        var recipients = ImmutableArray.CreateBuilder<EnvelopeRecipient>();
        var scanner = new HeaderScanner(header, start);
        try
        {
            while (scanner.TryRead(out var field) && InjectedNames.Of(header, field) is not InjectedName.End and var name)
            {
                if (name == InjectedName.Receiver)
                    recipients.Add(InjectedFieldReader.ReadRecipient(header, field, form));
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

    private static (InjectedBlock Block, int RunEnd) ReadRun(ReadOnlySpan<byte> header, ref HeaderScanner scanner, InjectedForm form, out bool ended)
    {
        var block = new InjectedBlock();
        var end = scanner.Position;
        ended = false;
        while (!ended && TryReadInRun(header, ref scanner, out var field))
        {
            end = field.End;
            var name = InjectedNames.Of(header, field);
            if (name == InjectedName.None)
                continue;
            ReadField(block, name, header, field, form);
            block.Remove(field.Start, field.End);
            ended = name == InjectedName.End;
        }
        return (block, end);
    }

    private static void ReadField(InjectedBlock block, InjectedName name, ReadOnlySpan<byte> header, HeaderField field, InjectedForm form)
    {
        switch (name)
        {
            case InjectedName.Sender:
                RefuseSecond(block.HasSender, name, field);
                block.Sender = InjectedFieldReader.ReadSender(header, field, form);
                break;
            case InjectedName.Receiver:
                block.Add(InjectedFieldReader.ReadRecipient(header, field, form));
                break;
            case InjectedName.CreatedBy:
                RefuseSecond(block.CreatedBy is not null, name, field);
                block.CreatedBy = InjectedFieldReader.ReadText(header, field, name)
                    ?? throw new MailFormatException("EN-6", "X-CreatedBy is empty; leave it out or name the product", field.ValueStart);
                break;
            case InjectedName.HeloDomain:
                RefuseSecond(block.HeloDomain is not null, name, field);
                block.HeloDomain = InjectedFieldReader.ReadText(header, field, name);
                break;
            case InjectedName.ExtendedProps:
                RefuseSecond(block.ExtendedProps is not null, name, field);
                block.ExtendedProps = InjectedFieldReader.ReadText(header, field, name);
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

    private static void RefuseSecond(bool exists, InjectedName name, HeaderField field)
    {
        if (exists)
            throw new MailFormatException(name == InjectedName.Sender ? "RP-2" : "EN-6", $"{name.Text()} stands twice", field.Start);
    }

    // Without the end mark nobody can tell a late X-header from one of the message's own.
    // In Pickup, where X-fields of the message may follow: whoever wrote one of these beside the block meant a recipient, most likely a hidden one. As an
    // ordinary field it would be shown to the others and served to nobody.
    private static void RefuseStragglers(ReadOnlySpan<byte> header, int runEnd, InjectedForm form)
    {
        var scanner = new HeaderScanner(header, runEnd);
        while (scanner.TryRead(out var field))
        {
            var name = InjectedNames.Of(header, field);
            if (form == InjectedForm.Transport && name != InjectedName.None)
                throw new MailFormatException("RP-2", $"{name.Text()} must stand before the ordinary header fields", field.Start);
            if (form == InjectedForm.Application && name is (InjectedName.Sender or InjectedName.Receiver))
                throw new MailFormatException("PU-11", $"{name.Text()} must stand before the ordinary header fields, with the other lines of the envelope", field.Start);
            if (name == InjectedName.End)
                return;
        }
    }
}
