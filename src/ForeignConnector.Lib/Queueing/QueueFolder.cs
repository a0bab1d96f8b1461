using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The files of a <see cref="DirectoryDeliveryQueue"/>: reads and writes, decides nothing.</summary>
internal sealed class QueueFolder(string directory, IFileSystem files, IPlatformFiles platform, TimeProvider time)
{
    private const string StateExtension = ".json";
    private const string BadExtension = ".bad";

    private readonly string _root = files.Path.GetFullPath(directory);
    private readonly AtomicFile _atomic = new(files, platform);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The folders, with the names of the messages in each; sweeps what a dead writer left.</summary>
    public IEnumerable<(string Folder, List<string> Names)> List()
    {
        DurableDirectory.Settle(files, platform, _root);
        // A process that was killed may have left a folder, or a message in one, without the flush of its name. What is found here counts as accepted.
        platform.FlushDirectory(_root);
        foreach (var path in files.Directory.EnumerateDirectories(_root))
        {
            _atomic.SweepTemporaries(path);
            platform.FlushDirectory(path);
            var names = new List<string>();
            foreach (var file in files.Directory.EnumerateFiles(path, "*" + FileNames.Message))
                names.Add(files.Path.GetFileNameWithoutExtension(file));
            names.Sort(StringComparer.Ordinal);
            yield return (files.Path.GetFileName(path), names);
        }
    }

    public async ValueTask WriteAsync(string folder, string name, MailItem item, CancellationToken cancellationToken)
    {
        var path = files.Path.Combine(_root, folder);
        DurableDirectory.Create(files, platform, path);
        var file = files.Path.Combine(path, name + FileNames.Message);
        try
        {
            await _atomic.PublishAsync(
                file,
                (stream, token) => MessageFile.WriteAsync(item.Envelope, item.Content, stream, token),
                FlushMode.Grouped,
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What is not accepted must not be there: its sender hands it over again, under another name, and it would be delivered twice.
            _atomic.DeleteQuietly(file);
            throw;
        }
    }

    /// <summary>Opens and locks a message; null when it is gone or another process has it.</summary>
    /// <exception cref="MailFormatException">It cannot be read; it has been set aside.</exception>
    public async ValueTask<(QueueEntry? Entry, OpenResult Result)> OpenAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var path = files.Path.Combine(_root, folder, name + FileNames.Message);
        var result = platform.OpenExclusive(path, out var file);
        if (result != OpenResult.Opened)
            return (null, result);
        QueueEntry? entry = null;
        try
        {
            if (!file!.IsAt(path))
                return (null, OpenResult.Gone);
            // Renamed into a Drop directory, the file is still open here; its consumer must be able to read it at once.
            if (!file.TryAllowReaders())
                return (null, OpenResult.Locked);
            using var stream = new LockedFileStream(file, 0);
            var (envelope, offset) = await MessageFile.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            entry = new QueueEntry(path, name, file, envelope, offset, ReadState(path));
            return (entry, OpenResult.Opened);
        }
        catch (MailFormatException e)
        {
            SetAside(path, e.Message);
            throw;
        }
        finally
        {
            if (entry is null)
                file!.Dispose();
        }
    }

    public ValueTask WriteStateAsync(QueueEntry entry, QueueEntryState state, CancellationToken cancellationToken) =>
        _atomic.ReplaceAsync(StatePath(entry.Path), state.Write(), cancellationToken);

    public void Delete(QueueEntry entry)
    {
        // The file may have been renamed into a Drop directory.
        files.File.Delete(entry.Path);
        DeleteState(entry);
    }

    /// <summary>Keeps a message that failed for some recipients, with the reasons beside it.</summary>
    public void SetAside(QueueEntry entry, QueueEntryState state)
    {
        var lines = state.Recipients
            .Where(recipient => recipient.Action == RecipientAction.Failed)
            .Select(recipient => $"{entry.Envelope.Recipients[recipient.Index].Address}: {recipient.Status} {recipient.Text}");
        SetAside(entry.Path, "delivery failed for these recipients:\n" + string.Join('\n', lines));
        DeleteState(entry);
    }

    private void SetAside(string path, string reason)
    {
        var bad = files.Path.ChangeExtension(path, BadExtension);
        files.File.WriteAllText(bad + ".txt", reason + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        platform.Move(path, bad);
    }

    private void DeleteState(QueueEntry entry)
    {
        if (entry.State.Attempts == 0)
            return;
        // A message that came back without its state would go to recipients that have it.
        platform.FlushDirectory(files.Path.GetDirectoryName(entry.Path)!);
        files.File.Delete(StatePath(entry.Path));
    }

    private QueueEntryState ReadState(string path)
    {
        var statePath = StatePath(path);
        if (!files.File.Exists(statePath))
            return new QueueEntryState();
        try
        {
            return QueueEntryState.Read(files.File.ReadAllBytes(statePath));
        }
        catch (System.Text.Json.JsonException)
        {
            // Written atomically, so somebody edited it. Without it recipients may get the message twice; nobody goes without.
            return new QueueEntryState { Attempts = 1 };
        }
    }

    private string StatePath(string path) => files.Path.ChangeExtension(path, StateExtension);
}
