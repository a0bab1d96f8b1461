using System.Buffers;
using System.Security.Cryptography;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// The original as a report brings it back: its header, without what ND-3 and a blind copy forbid, and its body where it goes back whole.
/// Line ends are CRLF (ND-5); every other octet that stays is as it was. Memory holds the header only.
/// </summary>
/// <param name="Facts">What the header says.</param>
/// <param name="Part">How much goes back.</param>
/// <param name="Header">The fields that stay; with the blank line when the body follows.</param>
/// <param name="BodyOffset">Where the body begins in the content it was read from.</param>
/// <param name="BodyLength">Octets of the body as it goes back.</param>
/// <param name="BodyLines">What happens to the lines of the body.</param>
/// <param name="Body">What octets a message that goes back whole needs, 7BIT or 8BITMIME; otherwise 7BIT.</param>
/// <param name="Digest">Depends on every octet that goes back.</param>
internal sealed record ReturnedOriginal(
    OriginalFacts Facts, ReturnedPart Part, ReadOnlyMemory<byte> Header, int BodyOffset, long BodyLength, LineEnds BodyLines, BodyType Body,
    byte[] Digest)
{
    // More header than this goes back cut, and without a body: a guard for memory, beyond what any mail system takes.
    private const int MaxHeader = 1 << 20;

    private const int BlockSize = 64 << 10;

    /// <summary>Reads the original once; the body only when it goes back.</summary>
    /// <param name="report">Has the original.</param>
    /// <param name="part">What shall go back.</param>
    /// <param name="limit">The most octets that go back whole.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<ReturnedOriginal> ReadAsync(
        SenderReport report, ReturnedPart part, ByteSize limit, CancellationToken cancellationToken)
    {
        var source = report.Content.OpenRead();
        await using var _ = source.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(source, MaxHeader, skipPreamble: true, cancellationToken).ConfigureAwait(false);
        var facts = OriginalFacts.Read(header.Octets[..End(header)], header.Start);
        if (part == ReturnedPart.Whole && (report.Content.Length > limit.Octets || header.IsTooLarge))
            part = ReturnedPart.HeaderOfLargeMessage;
        if (part == ReturnedPart.Whole)
        {
            // BINARYMIME is never changed, so it cannot be carried where a bare LF is in it.
            var lineEnds = new LineEnds(report.Body != BodyType.BinaryMime);
            if (await ReadWholeAsync(source, header, facts, lineEnds, cancellationToken).ConfigureAwait(false) is { } whole)
                return whole;
            part = ReturnedPart.HeaderOfBinaryMessage;
        }
        var kept = part == ReturnedPart.Nothing ? [] : CopyHeader(header, new LineEnds(normalize: true), withBlankLine: false);
        return new ReturnedOriginal(facts, part, kept, header.BodyOffset, 0, default, BodyType.SevenBit, SHA256.HashData(kept));
    }

    // Null for what not every mail system passes on; known as soon as it is found.
    private static async ValueTask<ReturnedOriginal?> ReadWholeAsync(
        Stream source, HeaderBuffer header, OriginalFacts facts, LineEnds lineEnds, CancellationToken cancellationToken)
    {
        var kept = CopyHeader(header, lineEnds, withBlankLine: true);
        using var whole = new Whole(lineEnds);
        whole.Add(kept);
        whole.AddBody(header.BodyStart.Span);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            int read;
            while (whole.Octets != BodyType.BinaryMime
                && (read = await source.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
                whole.AddBody(block.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return whole.Complete() == BodyType.BinaryMime
            ? null
            : new ReturnedOriginal(
                facts, ReturnedPart.Whole, kept, header.BodyOffset, whole.BodyLength, whole.IsChanged
                    ? lineEnds
                    : default, whole.Octets, whole.Digest());
    }

    // Where the fields end that fit.
    private static int End(HeaderBuffer header) => Math.Min(header.End, header.Start + MaxHeader);

    private static byte[] CopyHeader(HeaderBuffer header, LineEnds lineEnds, bool withBlankLine)
    {
        using var output = new PooledBuffer(BlockSize);
        var end = End(header);
        var filter = new ReportFieldFilter(end < header.End ? end : int.MaxValue);
        HeaderFirewall.Pickup.CopyHeader(header.Octets[..end], header.Start, filter, ref lineEnds, output);
        if (withBlankLine)
            lineEnds.Write(header.BlankLine, output);
        return output.WrittenMemory.ToArray();
    }

    /// <summary>The facts that the reading of a message gathers.</summary>
    private sealed class Whole(LineEnds lineEnds) : IDisposable
    {
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly PooledBuffer _changed = new(1);
        private LineEnds _lineEnds = lineEnds;
        private OctetScan _scan;

        public long BodyLength { get; private set; }

        /// <summary>True once a line end of the body had to change.</summary>
        public bool IsChanged { get; private set; }

        public BodyType Octets => _scan.Body;

        public void Add(ReadOnlySpan<byte> piece)
        {
            _digest.AppendData(piece);
            _scan.Add(piece);
        }

        public void AddBody(ReadOnlySpan<byte> piece)
        {
            if (!_lineEnds.Passes(piece))
            {
                IsChanged = true;
                _changed.Clear();
                _lineEnds.Write(piece, _changed);
                piece = _changed.WrittenMemory.Span;
            }
            BodyLength += piece.Length;
            Add(piece);
        }

        public BodyType Complete()
        {
            _scan.Complete();
            return _scan.Body;
        }

        public byte[] Digest() => _digest.GetHashAndReset();

        public void Dispose()
        {
            _digest.Dispose();
            _changed.Dispose();
        }
    }

    /// <summary>
    /// Leaves out injected fields, which stand in a file that was refused and name blind recipients (RP-3, PU-11), and the field that a cut
    /// went through.
    /// </summary>
    private readonly struct ReportFieldFilter(int cut) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) =>
            field.End >= cut || EnvelopeKeywords.FieldOf(octets, field) != InjectedName.None;
    }
}

/// <summary>How much of the original a report brings back (RFC 3461, section 4.3; RFC 6522, section 3).</summary>
public enum ReturnedPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Its header, because the sender asked for no more, or because nothing failed.</summary>
    Header,

    /// <summary>Its header, because the message is too large to go back whole.</summary>
    HeaderOfLargeMessage,

    /// <summary>Its header, because not every mail system passes on what it holds: a CR alone, NUL, or a line over 998 octets
    /// (ND-5).</summary>
    HeaderOfBinaryMessage,

    /// <summary>Nothing, because even the header is too large (RT-9).</summary>
    Nothing,
}
