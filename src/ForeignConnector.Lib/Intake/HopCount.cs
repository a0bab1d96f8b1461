using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Intake;

/// <summary>How many systems a message has passed through (RFC 5321, section 6.3).</summary>
internal static class HopCount
{
    /// <summary>The number of Received fields; reads the header only, and copies nothing of a message in memory.</summary>
    public static async ValueTask<int> OfAsync(MessageContent content, CancellationToken cancellationToken)
    {
        if (content.TryGetOctets(out var octets))
            return Of(octets.Span);
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        using var header = await HeaderBuffer.ReadAsync(stream, HeaderBuffer.Ceiling, skipPreamble: false, cancellationToken).ConfigureAwait(false);
        return Of(header.Octets[..header.End]);
    }

    private static int Of(ReadOnlySpan<byte> octets)
    {
        var hops = 0;
        var scanner = new HeaderScanner(octets);
        while (scanner.TryRead(out var field))
            hops += field.Is(octets, "Received"u8) ? 1 : 0;
        return hops;
    }
}
