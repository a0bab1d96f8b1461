using System.Text;
using MimeKit;

namespace FaxGateway;

/// <summary>A file of a Drop directory as a gateway reads it: X-header lines up to X-EndOfInjectedXHeaders, then an ordinary message.</summary>
internal sealed record DroppedFile(string Directory, string FileName, string Sender, IReadOnlyList<string> Receivers, MimeMessage Message)
{
    public static DroppedFile Read(string directory, string path)
    {
        var octets = File.ReadAllBytes(path);
        var marker = octets.AsSpan().IndexOf("\r\nX-EndOfInjectedXHeaders:"u8);
        var messageStart = marker + 2 + octets.AsSpan(marker + 2).IndexOf("\r\n"u8) + 2;
        var block = Encoding.UTF8.GetString(octets, 0, marker).Split("\r\n");
        using var message = new MemoryStream(octets, messageStart, octets.Length - messageStart);
        return new DroppedFile(
            directory,
            System.IO.Path.GetFileName(path),
            Addresses(block, "X-Sender").Single(),
            [.. Addresses(block, "X-Receiver")],
            MimeMessage.Load(message));
    }

    /// <summary>What a report says to people, without its technical part; null for a message that is no report.</summary>
    public string? ReportText => Message.Body is MultipartReport report && report.OfType<TextPart>().FirstOrDefault()?.Text is { } text
        ? text.ReplaceLineEndings("\n").Split("\n----")[0].TrimEnd()
        : null;

    private static IEnumerable<string> Addresses(string[] block, string name) =>
        block.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
}
