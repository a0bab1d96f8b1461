using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>How often a message has been received on its way (ND-7; RFC 5321, section 6.3).</summary>
/// <param name="All">The number of Received fields.</param>
/// <param name="Here">How many of them this server wrote.</param>
internal readonly record struct HopCount(int All, int Here)
{
    /// <summary>True for a message that goes in circles.</summary>
    public bool IsLoop => All > DeliveryStatus.MaxReceivedFields || Here > DeliveryStatus.MaxPasses;

    /// <summary>The count with one more field, if it is a Received field.</summary>
    /// <param name="octets">What <paramref name="field"/> refers to.</param>
    /// <param name="field">The field.</param>
    /// <param name="serverName">This server; null when it is not known.</param>
    public HopCount With(ReadOnlySpan<byte> octets, HeaderField field, string? serverName) =>
        field.Is(octets, "Received"u8) ? new(
            All + 1, Here + (serverName is not null && IsBy(field.Value(octets), serverName) ? 1 : 0)) : this;

    /// <summary>Counts those of a message; reads the header only, and copies nothing of a message in memory.</summary>
    public static async ValueTask<HopCount> OfAsync(MessageContent content, string? serverName, CancellationToken cancellationToken)
    {
        if (content.TryGetOctets(out var octets))
            return Of(octets.Span, serverName);
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(stream, HeaderBuffer.Ceiling, skipPreamble: false, cancellationToken)
            .ConfigureAwait(false);
        return Of(header.Octets[..header.End], serverName);
    }

    private static HopCount Of(ReadOnlySpan<byte> octets, string? serverName)
    {
        var hops = default(HopCount);
        var scanner = new HeaderScanner(octets);
        while (scanner.TryRead(out var field))
            hops = hops.With(octets, field, serverName);
        return hops;
    }

    // 'by hub01.contoso.com with', 'by Replay with ... on hub01.contoso.com': the name is a word of its own somewhere behind 'by'.
    private static bool IsBy(ReadOnlySpan<byte> value, string serverName)
    {
        var isBehindBy = false;
        foreach (var range in value.SplitAny(" \t\r\n;"u8))
        {
            if (isBehindBy && Ascii.EqualsIgnoreCase(value[range], serverName))
                return true;
            isBehindBy |= Ascii.EqualsIgnoreCase(value[range], "by"u8);
        }
        return false;
    }
}
