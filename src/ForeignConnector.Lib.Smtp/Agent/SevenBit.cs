using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>
/// Re-encodes the parts of a message that a server cannot take as they are (RFC 6152, 3). The message is held in memory for it.
/// </summary>
internal static class SevenBit
{
    /// <summary>The message in lines of 7-bit text, or of 8-bit text.</summary>
    /// <param name="content">The message.</param>
    /// <param name="constraint">What the server takes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when it cannot be done: the parts are signed, or are none.</returns>
    public static async ValueTask<MessageContent?> OfAsync(
        MessageContent content, EncodingConstraint constraint, CancellationToken cancellationToken)
    {
        try
        {
            var stream = content.OpenRead();
            await using var _ = stream.ConfigureAwait(false);
            using var message = await MimeMessage.LoadAsync(stream, cancellationToken).ConfigureAwait(false);
            // What was signed as it is must stay as it is.
            if (message.BodyParts.Any() && !HasSignedPart(message.Body))
            {
                message.Prepare(constraint, 998);
                return MessageContent.FromMessage(message);
            }
        }
        catch (FormatException)
        {
            // Not MIME.
        }
        return null;
    }

    private static bool HasSignedPart(MimeEntity? entity) => entity switch
    {
        Multipart part => part.ContentType.IsMimeType("multipart", "signed") || part.Any(HasSignedPart),
        MessagePart { Message: { } message } => HasSignedPart(message.Body),
        _ => false,
    };
}
