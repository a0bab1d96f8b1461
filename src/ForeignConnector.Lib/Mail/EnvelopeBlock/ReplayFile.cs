using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// Hands a message to a transport through its Replay directory, as a gateway does that takes messages from its own side or answers what it
/// was given (RP). Thread-safe.
/// </summary>
public static class ReplayFile
{
    // What a temporary name adds: a dot, a writer, a count and the extension.
    private const int TemporaryAddition = 21;

    private static readonly SubmissionIdSource Names = new(TimeProvider.System, new Random());

    /// <summary>
    /// Writes a file that the transport sees as a whole or not at all: under a temporary name in the same directory, flushed to the disk,
    /// renamed, and the directory flushed. Nothing that is there is ever replaced. When it returns, the file survives a power cut.
    /// </summary>
    /// <param name="directory">The Replay directory. Its group may read the file.</param>
    /// <param name="envelope">Who the message is from and goes to.</param>
    /// <param name="content">
    /// The message; the caller may dispose it afterwards. <c>Bcc</c> and <c>Resent-Bcc</c> fields stay behind, line ends become CRLF unless
    /// the envelope says BINARYMIME; the rest is written as it is. The transport gives it a Message-ID and a Date where it has none (PU-9).
    /// </param>
    /// <param name="name">
    /// The name of the file, with <c>.eml</c> and without a directory; by default one that nothing has, and that sorts behind those made
    /// before.
    /// </param>
    /// <param name="files">The file system; by default the real one.</param>
    /// <param name="cancellationToken">Has no effect once the file is being flushed; before that nothing is left behind.</param>
    /// <returns>The full path of the file. The transport may have taken it by now.</returns>
    /// <exception cref="ArgumentException">The name is none that the transport would take (PU-1), or too long.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">
    /// Something has the name, the message cannot be read, or the disk is full; nothing was written.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write there.</exception>
    public static async ValueTask<string> WriteAsync(
        string directory, MailEnvelope envelope, MessageContent content, string? name = null, IFileSystem? files = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        files ??= PlatformFiles.Real;
        name ??= Names.Next() + FileNames.Message;
        CheckName(name, files);
        var path = files.Path.Combine(files.Path.GetFullPath(directory), name);
        var atomic = new AtomicFile(files, PlatformFiles.For(files));
        return await atomic.PublishAsync(
            path,
            (stream, token) => MessageFile.WriteAsync(envelope, content, HeaderFirewall.Bcc | HeaderFirewall.ResentBcc, stream, token),
            FlushMode.Alone,
            cancellationToken,
            access: atomic.AccessBeside(path)).ConfigureAwait(false)
            ? path
            : throw new IOException($"'{path}' is there already");
    }

    private static void CheckName(string name, IFileSystem files)
    {
        if (!name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase) || name[0] == '.')
            throw new ArgumentException($"'{name}' must end in {FileNames.Message} and must not begin with a dot", nameof(name));
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name.AsSpan().ContainsAny(files.Path.GetInvalidFileNameChars()))
            throw new ArgumentException($"'{name}' must be the name of a file, without a directory", nameof(name));
        if (Encoding.UTF8.GetByteCount(name) + TemporaryAddition > FileNames.MaxOctets)
            throw new ArgumentException($"the name has more than {FileNames.MaxOctets - TemporaryAddition} octets", nameof(name));
    }
}
