using System.Buffers;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// What may leave of a message, decided once for every queue and every connector (HF-4): no <c>Bcc</c> and <c>Resent-Bcc</c>, no fields of
/// the header firewall (<c>X-MS-Exchange-Organization-*</c>, <c>X-MS-Exchange-Forest-*</c>; HF-1), every line end CRLF unless the message
/// is BINARYMIME, and a blank line behind the header. All other octets stay. The transport applies it when a message is accepted, before it
/// is queued; the author of a store, or of a test of a connector without a transport, applies it here.
/// </summary>
public static class CleanMessage
{
    /// <summary>The clean form of a message. Applied again it changes nothing.</summary>
    /// <param name="content">The message; it must stay valid as long as the result is used, and is not disposed with it.</param>
    /// <param name="body">The BODY of its envelope.</param>
    /// <param name="cancellationToken">Ends the reading of the header.</param>
    /// <returns>
    /// The octets themselves when they are in memory and clean; otherwise a message that is edited while it is read, of which only the
    /// header is in memory. Its length is counted, in one pass over the body, when it is asked for and lines may have changed.
    /// </returns>
    /// <exception cref="IOException">The content cannot be read.</exception>
    /// <exception cref="MailFormatException">The header is larger than 128 MB (PU-3).</exception>
    public static ValueTask<MessageContent> OfAsync(MessageContent content, BodyType body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return OfAsync(content, body, HeaderFirewall.Drop, cancellationToken);
    }

    /// <summary>The same with another set of fields that stay behind.</summary>
    internal static ValueTask<MessageContent> OfAsync(
        MessageContent content, BodyType body, HeaderFirewall firewall, CancellationToken cancellationToken)
    {
        if (content.Cleanness == Cleanness.All)
            return new(content);
        var lineEnds = new LineEnds(content.Cleanness == Cleanness.Unknown && body != BodyType.BinaryMime);
        return content.TryGetOctets(out var octets)
            && (octets.Length <= MessageFile.LargestAtHand || IsClean(octets.Span, firewall, lineEnds))
            ? new(OfOctets(octets, firewall, lineEnds))
            : OfStreamAsync(content, firewall, lineEnds, cancellationToken);
    }

    /// <summary>Copies a message with its edits in one pass.</summary>
    internal static void Copy(ReadOnlySpan<byte> message, HeaderFirewall firewall, LineEnds lineEnds, IBufferWriter<byte> output)
    {
        var end = firewall.CopyHeader(message, 0, ref lineEnds, output);
        var blank = HeaderScanner.BlankLine(message[end..]);
        lineEnds.Write(blank == 0 ? "\r\n"u8 : message.Slice(end, blank), output);
        lineEnds.Write(message[(end + blank)..], output);
    }

    private static MessageContent OfOctets(ReadOnlyMemory<byte> octets, HeaderFirewall firewall, LineEnds lineEnds)
    {
        if (IsClean(octets.Span, firewall, lineEnds))
            return MessageContent.FromOctets(octets, Cleanness.All);
        var edited = new ArrayBufferWriter<byte>(octets.Length + 256);
        Copy(octets.Span, firewall, lineEnds, edited);
        return MessageContent.FromOctets(edited.WrittenMemory, Cleanness.All);
    }

    private static async ValueTask<MessageContent> OfStreamAsync(
        MessageContent content, HeaderFirewall firewall, LineEnds lineEnds, CancellationToken cancellationToken)
    {
        var source = content.OpenRead();
        await using var _ = source.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(source, HeaderBuffer.Ceiling, skipPreamble: false, cancellationToken)
            .ConfigureAwait(false);
        if (header.IsTooLarge)
            throw new MailFormatException("PU-3", $"the header is larger than {HeaderBuffer.Ceiling} octets");
        var isWhole = header.HasBlankLine && !HasBlockedField(header.Octets[..header.End], firewall);
        // Nothing leaves and nothing is added: at most lines change, on the way.
        if (isWhole)
            return new CleanContent(content, default, 0, lineEnds);
        var edited = new ArrayBufferWriter<byte>(header.End + 256);
        firewall.CopyHeader(header.Octets[..header.End], 0, ref lineEnds, edited);
        lineEnds.Write(header.BlankLine, edited);
        return new CleanContent(content, edited.WrittenMemory, header.BodyOffset, lineEnds);
    }

    private static bool IsClean(ReadOnlySpan<byte> message, HeaderFirewall firewall, LineEnds lineEnds)
    {
        var scanner = new HeaderScanner(message);
        while (scanner.TryRead(out var field))
        {
            if (firewall.Blocks(message, field))
                return false;
        }
        return scanner.BlankLineLength > 0 && lineEnds.Passes(message);
    }

    private static bool HasBlockedField(ReadOnlySpan<byte> header, HeaderFirewall firewall)
    {
        var scanner = new HeaderScanner(header);
        while (scanner.TryRead(out var field))
        {
            if (firewall.Blocks(header, field))
                return true;
        }
        return false;
    }

    /// <summary>A message of which the front is replaced and the lines are edited while it is read.</summary>
    private sealed class CleanContent(MessageContent source, ReadOnlyMemory<byte> front, int replaced, LineEnds lineEnds) : MessageContent
    {
        private long _length = lineEnds.IsIdentity ? front.Length + source.Length - replaced : -1;

        public override long Length
        {
            get
            {
                if (Volatile.Read(ref _length) < 0)
                    Volatile.Write(ref _length, Measure());
                return _length;
            }
        }

        internal override Cleanness Cleanness => Cleanness.All;

        public override Stream OpenRead()
        {
            var stream = source.OpenRead();
            try
            {
                if (lineEnds.IsIdentity && replaced == 0 && front.IsEmpty)
                    return stream;
                Skip(stream, replaced);
                return new EditedStream(front, stream, lineEnds);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }

        private static void Skip(Stream stream, int count)
        {
            if (stream.CanSeek)
            {
                stream.Seek(count, SeekOrigin.Current);
                return;
            }
            Span<byte> block = stackalloc byte[4 << 10];
            while (count > 0 && stream.Read(block[..Math.Min(count, block.Length)]) is > 0 and var read)
                count -= read;
        }

        private long Measure()
        {
            const int blockSize = 256 << 10;
            using var stream = OpenRead();
            var block = ArrayPool<byte>.Shared.Rent(blockSize);
            try
            {
                var length = 0L;
                while (stream.Read(block) is > 0 and var read)
                    length += read;
                return length;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(block);
            }
        }
    }
}

/// <summary>How clean a message is known to be before its octets are looked at (HF-4).</summary>
internal enum Cleanness
{
    /// <summary>Nothing.</summary>
    Unknown,

    /// <summary>Every line ends in CRLF; the header is not known.</summary>
    Lines,

    /// <summary>Nothing in it has to change.</summary>
    All,
}
