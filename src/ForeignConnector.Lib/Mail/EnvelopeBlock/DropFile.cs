using System.IO.Abstractions;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// A file of a Drop directory, as the program behind that directory reads it: the envelope of its X-header block, then the message (EN,
/// DR-3). The file stays open until this object is disposed, so that the message can be read although the file is renamed or deleted
/// meanwhile; nobody is locked out. Reads may come from several threads. Memory does not grow with the size of the body.
/// </summary>
/// <example>
/// <code>
/// foreach (var path in DropFile.Waiting("/var/spool/drop/fax"))
/// {
///     await using var fax = await DropFile.OpenAsync(path);
///     foreach (var recipient in fax.Envelope.Recipients)
///         Send(recipient.Address, fax.Content.OpenRead());
///     File.Delete(path);
/// }
/// </code>
/// </example>
public sealed class DropFile : IAsyncDisposable, IDisposable
{
    private DropFile(string? path, MailEnvelope envelope, MessageContent content, long messageOffset)
    {
        Path = path;
        Envelope = envelope;
        Content = content;
        MessageOffset = messageOffset;
    }

    /// <summary>The file as it was called when it was opened; null for octets.</summary>
    public string? Path { get; }

    /// <summary>Who the message is from and goes to, each recipient as it stands in the file.</summary>
    public MailEnvelope Envelope { get; }

    /// <summary>
    /// The message without the X-header block. Valid until this object is disposed. A stream of it that is read to its end fails with an
    /// <see cref="IOException"/> when the file was written to since it was opened.
    /// </summary>
    public MessageContent Content { get; }

    /// <summary>
    /// Octets in front of the message: the length of the X-header block. The value of <c>X-EndOfInjectedXHeaders</c> is not used for it
    /// (EN-5).
    /// </summary>
    public long MessageOffset { get; }

    /// <summary>
    /// The finished files of a Drop directory, as full paths in the order of acceptance (DR-5): names that end in <c>.eml</c> and are not
    /// hidden.
    /// </summary>
    /// <param name="directory">The Drop directory.</param>
    /// <param name="files">The file system; by default the real one.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static IReadOnlyList<string> Waiting(string directory, IFileSystem? files = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        files ??= PlatformFiles.Real;
        return
        [
            .. files.Directory.EnumerateFiles(files.Path.GetFullPath(directory))
                .Where(path => IsMessage(files.Path.GetFileName(path)))
                .OrderBy(path => files.Path.GetFileName(path), StringComparer.Ordinal),
        ];
    }

    /// <summary>Opens a file and reads its envelope.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">The file system; by default the real one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="MailFormatException">
    /// The file is not in the form of a Drop directory (RP-2, EN), it is no regular file (SE-1), or its name ends in <c>.tmp</c>: its
    /// writer has not finished it (DR-5). The exception names the file, the offset and the rule.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file, for example because another reader took it.</exception>
    /// <exception cref="IOException">It cannot be read, or was written to while it was read; it is worth another try.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static async ValueTask<DropFile> OpenAsync(string path, IFileSystem? files = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        files ??= PlatformFiles.Real;
        path = files.Path.GetFullPath(path);
        if (path.EndsWith(FileNames.Temporary, StringComparison.OrdinalIgnoreCase))
            throw new MailFormatException("DR-5", "the name ends in .tmp: its writer has not finished it") { FileName = path };
        var file = new OpenFile(files, path, PlatformFiles.For(files).OpenRegular(path) ?? throw NotOpened(files, path));
        try
        {
            var stream = file.OpenRead(0);
            await using var _ = stream.ConfigureAwait(false);
            var (envelope, offset) = await MessageFile.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            file.ThrowIfChanged();
            return new DropFile(path, envelope, new FileContent(file, offset), offset);
        }
        catch (MailFormatException e)
        {
            file.Dispose();
            throw new MailFormatException(e.Rule, e.Reason, e.Position) { FileName = path };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads octets that are in memory already, for example from a store that is no directory. They are not copied and must not change.
    /// </summary>
    /// <param name="octets">The whole file.</param>
    /// <exception cref="MailFormatException">
    /// They are not in the form of a Drop directory (RP-2, EN); the exception names the offset and the rule.
    /// </exception>
    public static DropFile FromOctets(ReadOnlyMemory<byte> octets)
    {
        var block = EnvelopeBlockReader.ReadReplay(octets.Span);
        return new DropFile(null, block.ToEnvelope(), MessageContent.FromOctets(octets[block.End..]), block.End);
    }

    /// <summary>Closes the file. Streams of <see cref="Content"/> cannot be read any more.</summary>
    public void Dispose() => Content.Dispose();

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsMessage(string name) => name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase) && name[0] != '.';

    private static Exception NotOpened(IFileSystem files, string path) =>
        files.File.Exists(path) || files.Directory.Exists(path) || files.FileInfo.New(path).LinkTarget is not null
            ? new MailFormatException("SE-1", "it is no regular file") { FileName = path }
            : new FileNotFoundException("there is no such file", path);

    /// <summary>One handle that several streams share.</summary>
    private sealed class OpenFile(IFileSystem files, string path, Stream stream) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly (long Length, DateTime? Written) _facts = Ask(files, path, stream);

        public long Length => _facts.Length;

        public Reader OpenRead(long offset) => new Reader(this, offset);

        public void ThrowIfChanged()
        {
            var now = Ask(files, path, stream);
            // A file that lost its name, because a reader took it, is the file that was opened.
            if (now.Length != _facts.Length || (now.Written ?? _facts.Written) != (_facts.Written ?? now.Written))
                throw new FileChangedException();
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (_gate)
            {
                stream.Position = offset;
                return stream.Read(buffer);
            }
        }

        public void Dispose() => stream.Dispose();

        private static (long Length, DateTime? Written) Ask(IFileSystem files, string path, Stream stream)
        {
            var info = files.FileInfo.New(path);
            return (stream.Length, info.Exists ? FileTimes.LastWriteUtc(info) : null);
        }
    }

    private sealed class Reader(OpenFile file, long offset) : ForwardStream
    {
        private long _next = offset;

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(_next, buffer);
            _next += read;
            if (read == 0 && !buffer.IsEmpty)
                file.ThrowIfChanged();
            return read;
        }
    }

    private sealed class FileContent(OpenFile file, long offset) : MessageContent
    {
        public override long Length => file.Length - offset;

        public override Stream OpenRead() => file.OpenRead(offset);

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
