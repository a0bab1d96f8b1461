using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>
/// The text of a message, for gateways that take only text (PX-3): text/plain of the best alternative, else HTML made plain; decoded by its
/// character set, format=flowed joined, the signature kept, and no longer than asked for. Dispose it when its attachments were read; the
/// content must live as long.
/// </summary>
/// <example>
/// <code>
/// using var text = MessageText.Read(request.Content, maxLength: 1600);
/// await provider.SendAsync(number, text.Text, cancellationToken);
/// </code>
/// </example>
public sealed class MessageText : IDisposable
{
    /// <summary>The longest text when nothing else is said: 100,000 characters.</summary>
    public const int DefaultMaxLength = 100_000;

    /// <summary>What stands at the end of a text that was cut.</summary>
    public static string CutNote { get; } = "\n[The message is longer. The rest was cut.]";

    private const int MaxSubjectLength = 900;

    private readonly MimeMessage _message;
    private readonly Stream _stream;

    private MessageText(Stream stream, MimeMessage message, string text, bool isCut, IReadOnlyList<MessageAttachment> attachments)
    {
        (_stream, _message, Text, IsCut, Attachments) = (stream, message, text, isCut, attachments);
        Subject = CleanText.Line(message.Subject ?? "", MaxSubjectLength);
    }

    /// <summary>The subject, decoded, on one line; empty when there is none.</summary>
    public string Subject { get; }

    /// <summary>The text, with LF at the ends of lines; empty when there is none.</summary>
    public string Text { get; }

    /// <summary>True when the message had more text; <see cref="Text"/> says so at its end.</summary>
    public bool IsCut { get; }

    /// <summary>The other parts, in their order; at most 1000.</summary>
    public IReadOnlyList<MessageAttachment> Attachments { get; }

    /// <summary>Reads a message. Attachments stay in the content until they are asked for.</summary>
    /// <param name="content">The message.</param>
    /// <param name="maxLength">The most characters of the text, with the note when it was cut; at least 100.</param>
    /// <exception cref="IOException">The content cannot be read.</exception>
    public static MessageText Read(MessageContent content, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 100);
        var stream = content.OpenRead();
        try
        {
            var message = Load(stream);
            var parts = TextParts.Of(message.Body);
            var (text, isCut) = PartText.Join(parts.Texts, maxLength);
            var names = new SafeNames();
            return new(stream, message, text, isCut, [.. parts.Attachments.Select(part => new MessageAttachment(part, names.Next(part)))]);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes the attachments as files of a directory.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The directory; it must exist.</param>
    /// <param name="cancellationToken">Ends it; files that were written stay.</param>
    /// <returns>The paths, in the order of <see cref="Attachments"/>.</returns>
    /// <exception cref="IOException">A file of the name exists, or the disk is full.</exception>
    public async Task<IReadOnlyList<string>> SaveAttachmentsAsync(
        IFileSystem files, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var paths = new List<string>();
        foreach (var attachment in Attachments)
        {
            var path = files.Path.Combine(directory, attachment.Name);
            var file = files.FileStream.New(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (file.ConfigureAwait(false))
                await attachment.WriteToAsync(file, cancellationToken).ConfigureAwait(false);
            paths.Add(path);
        }
        return paths;
    }

    /// <summary>Closes the message. Its attachments cannot be read any more.</summary>
    public void Dispose()
    {
        _message.Dispose();
        _stream.Dispose();
    }

    // What is no message at all is one without a header.
    private static MimeMessage Load(Stream stream)
    {
        try
        {
            return MimeMessage.Load(stream, persistent: true);
        }
        catch (FormatException)
        {
            return new MimeMessage { Body = new TextPart("plain") { Text = "" } };
        }
    }
}
