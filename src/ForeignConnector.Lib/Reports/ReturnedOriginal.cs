using System.Buffers;
using System.Security.Cryptography;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// The original as a report brings it back: its header, without what ND-3 and a blind copy forbid, and its body where it goes back whole. Every octet that
/// stays is as it was. Memory holds the header only.
/// </summary>
/// <param name="Facts">What the header says.</param>
/// <param name="Part">How much goes back.</param>
/// <param name="Header">The fields that stay; with the blank line when the body follows.</param>
/// <param name="BodyOffset">Where the body begins in the content it was read from.</param>
/// <param name="Body">What octets it needs.</param>
/// <param name="Digest">Depends on every octet that goes back.</param>
internal sealed record ReturnedOriginal(OriginalFacts Facts, ReturnedPart Part, ReadOnlyMemory<byte> Header, int BodyOffset, BodyType Body, byte[] Digest)
{
    // More header than this goes back cut, and without a body: a guard for memory, beyond what any mail system takes.
    private const int MaxHeader = 1 << 20;

    private const int BlockSize = 64 << 10;

    /// <summary>Reads the original once; the body only when it goes back.</summary>
    /// <param name="content">The original.</param>
    /// <param name="part">What the sender asked for.</param>
    /// <param name="limit">The most octets that go back whole.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<ReturnedOriginal> ReadAsync(MessageContent content, ReturnedPart part, ByteSize limit, CancellationToken cancellationToken)
    {
        var source = content.OpenRead();
        await using var _ = source.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(source, MaxHeader, skipPreamble: true, cancellationToken).ConfigureAwait(false);
        if (part == ReturnedPart.Whole && (content.Length > limit.Octets || header.IsTooLarge))
            part = ReturnedPart.HeaderOfLargeMessage;
        var kept = CopyHeader(header, part == ReturnedPart.Whole);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var scan = default(OctetScan);
        Add(kept, digest, ref scan);
        if (part == ReturnedPart.Whole)
        {
            Add(header.BodyStart.Span, digest, ref scan);
            scan = await ReadBodyAsync(source, digest, scan, cancellationToken).ConfigureAwait(false);
        }
        scan.Complete();
        var facts = OriginalFacts.Read(header.Octets[..End(header)], header.Start);
        return new ReturnedOriginal(facts, part, kept, header.BodyOffset, scan.Body, digest.GetHashAndReset());
    }

    // Where the fields end that fit.
    private static int End(HeaderBuffer header) => Math.Min(header.End, header.Start + MaxHeader);

    private static byte[] CopyHeader(HeaderBuffer header, bool withBlankLine)
    {
        using var output = new PooledBuffer(BlockSize);
        // No change of line ends: what was binary stays so.
        var lineEnds = new LineEnds(normalize: false);
        var end = End(header);
        HeaderEdit.Copy(header.Octets[..end], header.Start, HeaderFirewall.Pickup, new ReportFieldFilter(end < header.End ? end : int.MaxValue), ref lineEnds, output);
        if (withBlankLine)
            lineEnds.Write(header.BlankLine, output);
        return output.WrittenMemory.ToArray();
    }

    private static async ValueTask<OctetScan> ReadBodyAsync(Stream source, IncrementalHash digest, OctetScan scan, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
                Add(block.AsSpan(0, read), digest, ref scan);
            return scan;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static void Add(ReadOnlySpan<byte> piece, IncrementalHash digest, ref OctetScan scan)
    {
        digest.AppendData(piece);
        scan.Add(piece);
    }

    /// <summary>
    /// Leaves out injected fields, which stand in a file that was refused and name blind recipients (RP-3, PU-11), and the field that a cut went through.
    /// </summary>
    private readonly struct ReportFieldFilter(int cut) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) =>
            field.End >= cut || InjectedNames.Of(octets, field) != InjectedName.None;
    }
}
