using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>
/// Writes messages in the form of a Drop directory (EN, DR-3, DR-4): the X-header block of the envelope, then the message without
/// <c>Bcc</c>, <c>Resent-Bcc</c> and the fields of the header firewall (HF-1), with CRLF line ends unless the envelope says BINARYMIME.
/// What is written is a valid Replay file (RP-5). For programs that feed a gateway by themselves; a transport uses
/// <see cref="DropDirectoryConnector"/>, which also knows quotas, outages and the queue. Thread-safe.
/// </summary>
public sealed class DropFileWriter
{
    private readonly IFileSystem _files;
    private readonly Lazy<DropPublisher> _publisher;
    private readonly string _directory;

    /// <summary>A writer for one directory. Nothing is touched before the first message.</summary>
    /// <param name="directory">The Drop directory; it must exist when a message is written.</param>
    /// <param name="files">The file system; by default the real one.</param>
    public DropFileWriter(string directory, IFileSystem? files = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _files = files ?? PlatformFiles.Real;
        _directory = _files.Path.GetFullPath(directory);
        _publisher = new(CreatePublisher);
    }

    /// <summary>What a file survives once it is written (DR-9).</summary>
    /// <value>Default <see cref="Durability.Grouped"/>.</value>
    public Durability Durability { get; init; } = Durability.Grouped;

    /// <summary>The mode of the files, as <see cref="DropDirectoryOptions.DropFileMode"/> (DR-10, DR-11).</summary>
    /// <value>Default 0640.</value>
    public UnixFileMode FileMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary><c>X-CreatedBy</c> for messages that come without one (EN-9).</summary>
    /// <value>Default <c>ForeignConnector.Lib</c>.</value>
    public string CreatedBy { get; init; } = ProductInfo.Name;

    /// <summary>Writes one file; a reader sees it as a whole or not at all (DR-5).</summary>
    /// <param name="item">The message. Its id names the file, so that files sort in the order of acceptance.</param>
    /// <param name="cancellationToken">Has no effect once the file is being flushed; before that nothing is left behind.</param>
    /// <returns>
    /// The full path. When the same message was written there before, nothing changes; when another file has the name, this one gets a name
    /// that sorts at the same place (SE-3).
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">The message cannot be read, or the disk is full; nothing was written.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write there.</exception>
    public async ValueTask<string> WriteAsync(MailItem item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        var publisher = _publisher.Value;
        if (!publisher.TryEnter())
            throw new DirectoryNotFoundException($"there is no directory '{_directory}'");
        var request = new DeliveryRequest(item.Id.ToString(), item.Envelope, item.Content);
        try
        {
            var (name, _) = await publisher.WriteAsync(request, DropReservation.Nothing, mayMove: false, cancellationToken)
                .ConfigureAwait(false);
            return _files.Path.Combine(_directory, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            publisher.Invalidate();
            throw;
        }
    }

    /// <summary>Writes the same octets to a stream, which is neither flushed nor closed.</summary>
    /// <param name="envelope">Who the message is from and goes to, with its <c>X-CreatedBy</c> as it is.</param>
    /// <param name="content">The message.</param>
    /// <param name="output">Where the octets go.</param>
    /// <param name="cancellationToken">Ends the writing between two blocks.</param>
    /// <exception cref="IOException">The message cannot be read, or the stream cannot be written to.</exception>
    public static ValueTask WriteToAsync(
        MailEnvelope envelope, MessageContent content, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(output);
        return MessageFile.WriteAsync(envelope, content, output, cancellationToken);
    }

    private DropPublisher CreatePublisher()
    {
        var options = new DropDirectoryOptions
        {
            Name = "",
            DropDirectory = _directory,
            Durability = Durability,
            DropFileMode = FileMode,
            CreatedBy = CreatedBy,
        };
        return new DropPublisher(options, _files, PlatformFiles.For(_files), static _ => { });
    }
}
