using System.Buffers;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>Copies a header without the fields that do not pass. What stays keeps its octets, but for line ends.</summary>
internal static class HeaderEdit
{
    /// <summary>Copies the fields between two offsets.</summary>
    /// <param name="octets">What the offsets refer to.</param>
    /// <param name="start">The first field.</param>
    /// <param name="end">First octet after the last field.</param>
    /// <param name="firewall">What is left out.</param>
    /// <param name="lineEnds">The state of the copy; a header always begins a line.</param>
    /// <param name="output">Where the fields go. If anything was written, it ends with a line end.</param>
    public static void Copy(
        ReadOnlySpan<byte> octets, int start, int end, HeaderFirewall firewall, ref LineEnds lineEnds, IBufferWriter<byte> output) =>
        Copy(octets, start, end, firewall, default(NoFilter), ref lineEnds, output);

    /// <summary>The same, with a filter that chooses more fields to leave out.</summary>
    public static void Copy<TFilter>(
        ReadOnlySpan<byte> octets, int start, int end, HeaderFirewall firewall, TFilter filter, ref LineEnds lineEnds, IBufferWriter<byte> output)
        where TFilter : struct, IFieldFilter
    {
        var header = octets[..end];
        var scanner = new HeaderScanner(header, start);
        var kept = start;
        while (scanner.TryRead(out var field))
        {
            if (!firewall.Blocks(header, field) && !filter.LeavesOut(header, field))
                continue;
            lineEnds.Write(header[kept..field.Start], output);
            kept = field.End;
        }
        lineEnds.Write(header[kept..end], output);
        if (end > kept && header[end - 1] != '\n')
            lineEnds.Write("\r\n"u8, output);
    }

    private readonly struct NoFilter : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => false;
    }
}
