using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using MimeKit;

namespace FaxGateway;

/// <summary>A file of a Drop directory with its message parsed: what the sample shows of it.</summary>
internal sealed record DroppedFile(string Directory, string FileName, MailEnvelope Envelope, MimeMessage Message)
{
    /// <summary>What a report says to people, without its technical part; null for a message that is no report.</summary>
    public string? ReportText => Message.Body is MultipartReport report && report.OfType<TextPart>().FirstOrDefault()?.Text is { } text
        ? text.ReplaceLineEndings("\n").Split("\n----")[0].TrimEnd()
        : null;

    public static async Task<DroppedFile> ReadAsync(string directory, string path)
    {
        await using var file = await DropFile.OpenAsync(path);
        await using var message = file.Content.OpenRead();
        return new DroppedFile(directory, Path.GetFileName(path), file.Envelope, await MimeMessage.LoadAsync(message));
    }
}
