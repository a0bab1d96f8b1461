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

/// <summary>The rules of <see cref="HeaderFirewall"/> applied to one field.</summary>
internal static class HeaderFirewallRules
{
    // Most fields pass, and most of them say so with their first letter.
    public static bool Blocks(this HeaderFirewall firewall, ReadOnlySpan<byte> octets, HeaderField field) =>
        !field.IsField ? field.IsByteOrderMark(octets) : octets[field.Start] switch
        {
            (byte)'B' or (byte)'b' => firewall.HasFlag(HeaderFirewall.Bcc) && field.Is(octets, "Bcc"u8),
            (byte)'R' or (byte)'r' => BlocksRouting(firewall, octets, field),
            (byte)'X' or (byte)'x' => firewall.HasFlag(HeaderFirewall.Organization)
                && (field.StartsWith(octets, "X-MS-Exchange-Organization-"u8) || field.StartsWith(octets, "X-MS-Exchange-Forest-"u8)),
            _ => false,
        };

    private static bool BlocksRouting(HeaderFirewall firewall, ReadOnlySpan<byte> octets, HeaderField field) =>
        firewall.HasFlag(HeaderFirewall.Routing)
            ? field.Is(octets, "Received"u8) || (field.StartsWith(octets, "Resent-"u8) && field.NameLength > "Resent-".Length)
            : firewall.HasFlag(HeaderFirewall.ResentBcc) && field.Is(octets, "Resent-Bcc"u8);
}
