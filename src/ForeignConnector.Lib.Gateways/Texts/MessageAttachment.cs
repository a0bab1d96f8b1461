using MimeKit;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>A part of a message that is not its text.</summary>
public sealed class MessageAttachment
{
    private readonly MimeEntity _part;

    internal MessageAttachment(MimeEntity part, string name) => (_part, Name) = (part, name);

    /// <summary>
    /// A name for a file: no directory, no control characters, nothing that a file system of any kind refuses or means otherwise, at most
    /// 100 characters, and another one than those of the other attachments, whatever the case of letters.
    /// </summary>
    public string Name { get; }

    /// <summary>The media type, in lower case: <c>application/pdf</c>.</summary>
    public string ContentType => _part.ContentType.MimeType.ToLowerInvariant();

    /// <summary>Writes the content, decoded; of an attached message its octets.</summary>
    /// <param name="stream">Where to; not disposed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        switch (_part)
        {
            case MimePart { Content: { } content }:
                await content.DecodeToAsync(stream, cancellationToken).ConfigureAwait(false);
                break;
            case MessagePart { Message: { } message }:
                await message.WriteToAsync(stream, cancellationToken).ConfigureAwait(false);
                break;
        }
    }
}
