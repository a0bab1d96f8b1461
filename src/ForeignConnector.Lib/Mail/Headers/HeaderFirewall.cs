using System.Buffers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>Which fields do not pass, by the way a message takes (HF-1..HF-3, PU-8, RP-3, DR-4).</summary>
[Flags]
internal enum HeaderFirewall
{
    None = 0,

    /// <summary><c>Bcc</c>.</summary>
    Bcc = 1,

    /// <summary><c>Resent-Bcc</c>.</summary>
    ResentBcc = 2,

    /// <summary><c>X-MS-Exchange-Organization-*</c> and <c>X-MS-Exchange-Forest-*</c>.</summary>
    Organization = 4,

    /// <summary><c>Received</c> and <c>Resent-*</c>.</summary>
    Routing = 8,

    /// <summary>Into a Drop directory: DR-4, HF-1.</summary>
    Drop = Bcc | ResentBcc | Organization,

    /// <summary>Out of the Pickup directory (PU-8, HF-2), and into the original that a report brings back (ND-3).</summary>
    Pickup = Bcc | ResentBcc | Organization | Routing,

    /// <summary>Out of the Replay directory, from a creator that is not trusted: RP-3, HF-3.</summary>
    Replay = Bcc | Organization,

    /// <summary>Out of the Replay directory, from a creator that is trusted.</summary>
    TrustedReplay = Bcc,
}

/// <summary>
/// Chooses header fields to leave out of a copy, beside those that <see cref="HeaderFirewall"/> blocks. Implemented by structs, so that no
/// field costs a delegate.
/// </summary>
internal interface IFieldFilter
{
    bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field);
}

/// <summary>Applies the rules of <see cref="HeaderFirewall"/> to a field or to a header.</summary>
internal static class HeaderFirewallRules
{
    // The first letter already tells most of the fields that pass.
    public static bool Blocks(this HeaderFirewall firewall, ReadOnlySpan<byte> octets, HeaderField field) =>
        !field.IsField ? field.IsByteOrderMark(octets) : octets[field.Start] switch
        {
            (byte)'B' or (byte)'b' => firewall.HasFlag(HeaderFirewall.Bcc) && field.Is(octets, "Bcc"u8),
            (byte)'R' or (byte)'r' => BlocksRouting(firewall, octets, field),
            (byte)'X' or (byte)'x' => firewall.HasFlag(HeaderFirewall.Organization)
                && (field.StartsWith(octets, "X-MS-Exchange-Organization-"u8) || field.StartsWith(octets, "X-MS-Exchange-Forest-"u8)),
            _ => false,
        };

    /// <summary>
    /// Copies the fields up to the blank line, or to the end of the octets, without those that do not pass. The others keep their octets
    /// but for line ends.
    /// </summary>
    /// <param name="firewall">What is left out.</param>
    /// <param name="octets">The message, or its header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="lineEnds">The state of the copy; a header always begins a line.</param>
    /// <param name="output">Where the fields go. If anything was written, it ends with a line end.</param>
    /// <returns>First octet after the last field.</returns>
    public static int CopyHeader(
        this HeaderFirewall firewall, ReadOnlySpan<byte> octets, int start, ref LineEnds lineEnds, IBufferWriter<byte> output) =>
        firewall.CopyHeader(octets, start, default(NoFilter), ref lineEnds, output);

    /// <summary>The same, with a filter that chooses more fields to leave out.</summary>
    public static int CopyHeader<TFilter>(
        this HeaderFirewall firewall, ReadOnlySpan<byte> octets, int start, TFilter filter, ref LineEnds lineEnds,
        IBufferWriter<byte> output)
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

    private static bool BlocksRouting(HeaderFirewall firewall, ReadOnlySpan<byte> octets, HeaderField field) =>
        firewall.HasFlag(HeaderFirewall.Routing)
            ? field.Is(octets, "Received"u8) || (field.StartsWith(octets, "Resent-"u8) && field.NameLength > "Resent-".Length)
            : firewall.HasFlag(HeaderFirewall.ResentBcc) && field.Is(octets, "Resent-Bcc"u8);

    private readonly struct NoFilter : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => false;
    }
}
