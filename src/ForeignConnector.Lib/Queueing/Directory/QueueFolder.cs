using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>The files of a <see cref="DirectoryQueueStore"/>: reads and writes, decides nothing.</summary>
internal sealed class QueueFolder(string directory, IFileSystem files, IPlatformFiles platform, StateFiles states)
{
    public const string BadExtension = ".bad";
    public const string PoisonExtension = ".poison";
    public const string ReasonExtension = ".txt";

    // Never the folder of a connector: FileNames.Folder writes '%' only before hexadecimal digits.
    private const string UnreachableFolder = "%unreachable";

    private readonly string _root = files.Path.GetFullPath(directory);
    private readonly AtomicFile _atomic = new(files, platform);

    /// <summary>The connector whose entries are in a folder.</summary>
    public static string ConnectorOf(string folder) =>
        folder == UnreachableFolder ? DeliveryQueue.Unreachable : FileNames.FromFolder(folder);

    /// <summary>The folder of a connector.</summary>
    public static string FolderOf(string connector) =>
        connector == DeliveryQueue.Unreachable ? UnreachableFolder : FileNames.Folder(connector);

    /// <summary>Takes the directory of the queue from everybody else (DR-10); true when somebody had rights to it.</summary>
    public bool MakePrivate() => files.Directory.Exists(_root) && platform.MakePrivate(_root);

    /// <summary>
    /// Makes sure that the root is there. A process that was killed may have left a folder, or a message in one, without the flush of its
    /// name; every file that is found counts as accepted.
    /// </summary>
    public void Settle()
    {
        DurableDirectory.Settle(files, platform, _root, privateRoot: _root);
        platform.FlushDirectory(_root);
    }

    /// <summary>Flushes the names in a folder: every file that is found counts as accepted.</summary>
    public void Flush(string folder) => platform.FlushDirectory(files.Path.Combine(_root, folder));

    /// <summary>Deletes what dead writers left in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isKnown">True for the name of a message that this process knows: it may be writing it, or setting it aside.</param>
    public void Sweep(string folder, Func<string, bool> isKnown)
    {
        var path = files.Path.Combine(_root, folder);
        _atomic.SweepTemporaries(path);
        states.SweepOrphans(path, isKnown);
        states.SweepReasons(path);
    }

    /// <summary>The names of the folders there are; changes nothing.</summary>
    public IEnumerable<string> Existing() => !files.HasDirectory(_root)
        ? []
        : files.Directory.EnumerateDirectories(_root).Select(path => files.Path.GetFileName(path)).Where(
            folder => folder != ChangeNotes.Folder);

    /// <summary>The names of the messages in a folder, in no order.</summary>
    public IEnumerable<string> Names(string folder, string extension = FileNames.Message)
    {
        foreach (var file in files.Directory.EnumerateFiles(files.Path.Combine(_root, folder), "*" + extension))
            yield return files.Path.GetFileNameWithoutExtension(file);
    }

    /// <summary>Writes messages; all or none.</summary>
    public async ValueTask WriteAsync((string Folder, string Name, QueueEntry Copy)[] messages, CancellationToken cancellationToken)
    {
        if (messages is [var only])
        {
            await WriteAsync(only.Folder, only.Name, only.Copy, cancellationToken).ConfigureAwait(false);
            return;
        }
        // Together, so that they share their flushes.
        var writes = Array.ConvertAll(messages, message => WriteAsync(message.Folder, message.Name, message.Copy, cancellationToken));
        try
        {
            await Task.WhenAll(writes).ConfigureAwait(false);
        }
        catch
        {
            foreach (var message in messages)
                TakeBack(PathOf(message.Folder, message.Name), message.Copy);
            throw;
        }
    }

    private async Task WriteAsync(string folder, string name, QueueEntry copy, CancellationToken cancellationToken)
    {
        var (path, item) = (PathOf(folder, name), copy.Item);
        try
        {
            DurableDirectory.Create(files, platform, files.Path.GetDirectoryName(path)!, privateRoot: _root);
            // First, while nobody else can have the message and write down more than this.
            if (!copy.State.IsEmpty)
                await states.BeginAsync(path, copy.State, cancellationToken).ConfigureAwait(false);
            var isNew = await _atomic.PublishAsync(
                path,
                (stream, token) => MessageFile.WriteAsync(item.Envelope, item.Content, stream, token),
                FlushMode.Grouped,
                cancellationToken,
                MessageFile.IsAtHand(item.Content)).ConfigureAwait(false);
            if (!isNew)
                _atomic.ThrowUnlessFile(path);
        }
        catch
        {
            TakeBack(path, copy);
            throw;
        }
    }

    // A message that is not accepted must not stay: its sender hands it over again, under another name, and it would be delivered twice.
    private void TakeBack(string path, QueueEntry copy)
    {
        _atomic.DeleteQuietly(path);
        if (!copy.State.IsEmpty)
            states.DeleteQuietly(path);
    }

    /// <summary>
    /// Opens and locks a message; null when it is gone or another process has it. One that was set aside because it cannot be read has no
    /// envelope.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name, without extension.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="extension">Whether the message waits or is set aside.</param>
    /// <exception cref="MailFormatException">It waits and cannot be read; it has been set aside.</exception>
    public async ValueTask<(QueueFile? Entry, OpenResult Result)> OpenAsync(
        string folder, string name, CancellationToken cancellationToken, string extension = FileNames.Message)
    {
        var path = PathOf(folder, name, extension);
        var result = platform.OpenExclusive(path, out var file);
        if (result != OpenResult.Opened)
            return (null, result);
        QueueFile? entry = null;
        try
        {
            if (!file!.IsAt(path))
                return (null, OpenResult.Gone);
            // Renamed into a Drop directory, the file is still open here; its consumer must be able to read it at once.
            if (!file.TryAllowReaders())
                return (null, OpenResult.Locked);
            MailEnvelope? envelope = null;
            var offset = 0;
            try
            {
                using var stream = new LockedFileStream(file, 0);
                (envelope, offset) = await MessageFile.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            }
            catch (MailFormatException e) when (extension == FileNames.Message)
            {
                SetAside(path, BadExtension, e.Message);
                throw;
            }
            catch (MailFormatException)
            {
                // It was set aside for that, and can be removed all the same.
            }
            var state = states.Read(path, out var exists);
            entry = new QueueFile(path, file, envelope, offset, state, exists);
            return (entry, OpenResult.Opened);
        }
        finally
        {
            if (entry is null)
                file!.Dispose();
        }
    }

    /// <summary>
    /// The envelope of a message that may be in use, its state, and the octets of the message without the envelope; null when it is gone.
    /// </summary>
    public async ValueTask<(MailEnvelope Envelope, DeliveryState State, long Size)?> PeekAsync(
        string folder, string name, CancellationToken cancellationToken, string extension = FileNames.Message)
    {
        var path = PathOf(folder, name, extension);
        try
        {
            // A pipe or a device would not be read to an end.
            var stream = platform.OpenRegular(path);
            if (stream is null)
                return null;
            await using var _ = stream.ConfigureAwait(false);
            var (envelope, offset) = await MessageFile.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            return (envelope, states.Read(path, out var _), stream.Length - offset);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or MailFormatException)
        {
            return null;
        }
    }

    /// <summary>Writes the sidecar, or deletes it when there is nothing to tell.</summary>
    public async ValueTask WriteStateAsync(QueueFile entry, DeliveryState state, CancellationToken cancellationToken) =>
        entry.Written(state, await states.WriteAsync(entry.Path, state, entry.HasStateFile, cancellationToken).ConfigureAwait(false));

    /// <summary>Deletes a message that is settled.</summary>
    public void Delete(QueueFile entry)
    {
        // The file may have been renamed into a Drop directory.
        files.File.Delete(entry.Path);
        if (!entry.HasStateFile)
            return;
        // A message that came back without its state would go to recipients that have it, or were reported as failed.
        if (entry.MustStateSurvive)
            platform.FlushDirectory(files.Path.GetDirectoryName(entry.Path)!);
        states.Delete(entry.Path);
    }

    /// <summary>Lets a message that was set aside wait again. False when it is gone.</summary>
    public async ValueTask<bool> PutBackAsync(
        string folder, string name, string extension, Func<DeliveryState, DeliveryState> change, CancellationToken cancellationToken)
    {
        var (aside, path) = (PathOf(folder, name, extension), PathOf(folder, name));
        if (!files.HasFile(aside))
            return false;
        var state = states.Read(path, out var exists);
        await states.WriteAsync(path, change(state), exists, cancellationToken).ConfigureAwait(false);
        if (platform.Move(aside, path) != MoveResult.Moved)
            return false;
        platform.FlushDirectory(files.Path.GetDirectoryName(path)!);
        files.File.Delete(aside + ReasonExtension);
        return true;
    }

    /// <summary>Deletes a message that was set aside, with its reason and its state.</summary>
    public void DeleteAside(string folder, string name, string extension)
    {
        files.File.Delete(PathOf(folder, name, extension));
        files.File.Delete(PathOf(folder, name, extension) + ReasonExtension);
        states.Delete(PathOf(folder, name));
    }

    /// <summary>The extension of a message that was set aside.</summary>
    public static string ExtensionOf(SetAsideKind kind) => kind == SetAsideKind.Poison ? PoisonExtension : BadExtension;

    /// <summary>True when there is a message.</summary>
    /// <exception cref="IOException">It cannot be known.</exception>
    public bool Exists(string path) => files.HasFile(path);

    /// <inheritdoc cref="Exists(string)"/>
    public bool Exists(string folder, string name, string extension) => files.HasFile(PathOf(folder, name, extension));

    /// <summary>Octets of a message; null when it is gone.</summary>
    /// <exception cref="IOException">It cannot be known.</exception>
    public long? Size(string folder, string name, string extension) =>
        Exists(folder, name, extension)
            && files.FileInfo.New(PathOf(folder, name, extension)) is { Exists: true } file ? file.Length : null;

    /// <summary>Why a message was set aside; null when that is not known.</summary>
    public string? Reason(string folder, string name, string extension) =>
        platform.ReadSmall(PathOf(folder, name, extension) + ReasonExtension,
            StateFiles.MaxOctets) is { } octets ? Encoding.UTF8.GetString(octets).TrimEnd() : null;

    /// <summary>Renames a message so that it is not taken any more; its sidecar stays.</summary>
    public void SetAside(string path, string extension, string reason)
    {
        var aside = files.Path.ChangeExtension(path, extension);
        _atomic.Replace(aside + ReasonExtension, Encoding.UTF8.GetBytes(reason + "\n"));
        // One of that name is the same message, set aside before a power cut brought this one back.
        if (platform.Move(path, aside) == MoveResult.Exists)
            files.File.Delete(path);
    }

    public string PathOf(string folder, string name, string extension = FileNames.Message) =>
        files.Path.Combine(_root, folder, name + extension);
}
