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
    public static bool Blocks(this HeaderFirewall firewall, ReadOnlySpan<byte> octets, HeaderField field) => field.NameLength switch
    {
        0 => false,
        3 when field.Is(octets, "Bcc"u8) => firewall.HasFlag(HeaderFirewall.Bcc),
        8 when field.Is(octets, "Received"u8) => firewall.HasFlag(HeaderFirewall.Routing),
        10 when field.Is(octets, "Resent-Bcc"u8) => (firewall & (HeaderFirewall.ResentBcc | HeaderFirewall.Routing)) != 0,
        > 7 when field.StartsWith(octets, "Resent-"u8) => firewall.HasFlag(HeaderFirewall.Routing),
        > 12 when field.StartsWith(octets, "X-MS-Exchange-Organization-"u8) || field.StartsWith(octets, "X-MS-Exchange-Forest-"u8) =>
            firewall.HasFlag(HeaderFirewall.Organization),
        _ => false,
    };
}
