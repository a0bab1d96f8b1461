using System.Buffers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>Copies a header without the fields that do not pass. What stays keeps its octets, but for line ends.</summary>
internal static class HeaderEdit
{
    /// <summary>Copies the fields up to the blank line, or to the end of the octets.</summary>
    /// <param name="octets">The message, or its header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="firewall">What is left out.</param>
    /// <param name="lineEnds">The state of the copy; a header always begins a line.</param>
    /// <param name="output">Where the fields go. If anything was written, it ends with a line end.</param>
    /// <returns>First octet after the last field.</returns>
    public static int Copy(
        ReadOnlySpan<byte> octets, int start, HeaderFirewall firewall, ref LineEnds lineEnds, IBufferWriter<byte> output) =>
        Copy(octets, start, firewall, default(NoFilter), ref lineEnds, output);

    /// <summary>The same, with a filter that chooses more fields to leave out.</summary>
    public static int Copy<TFilter>(
        ReadOnlySpan<byte> octets, int start, HeaderFirewall firewall, TFilter filter, ref LineEnds lineEnds, IBufferWriter<byte> output)
        where TFilter : struct, IFieldFilter
    {
        var scanner = new HeaderScanner(octets, start);
        var kept = start;
        while (scanner.TryRead(out var field))
        {
            if (!firewall.Blocks(octets, field) && !filter.LeavesOut(octets, field))
                continue;
            lineEnds.Write(octets[kept..field.Start], output);
            kept = field.End;
        }
        var end = scanner.Position;
        lineEnds.Write(octets[kept..end], output);
        if (end > kept && octets[end - 1] != '\n')
            lineEnds.Write("\r\n"u8, output);
        return end;
    }

    private readonly struct NoFilter : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => false;
    }
}
