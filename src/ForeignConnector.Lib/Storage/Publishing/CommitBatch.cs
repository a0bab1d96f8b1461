using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// Makes files of one volume durable under their names, together: flush the octets, name the files, flush each directory once. What happens
/// to one file fails that file; a flush that fails fails every file it was for.
/// </summary>
/// <remarks>
/// <para>After a flush that failed the system may have thrown the octets away and report success the next time. So a file whose flush
/// failed never gets its name; its writer deletes it, and a new attempt writes a new file. A directory that cannot be flushed is different:
/// the names stay, the next attempt finds them and flushes again. That success can be believed, because file systems that keep a journal
/// stop taking changes after an error in it.</para>
/// <para>A prepared file moves between two directories, and until both are flushed a power cut may keep the removal of the old name and
/// lose the new one. So it gets a second name first, the directory of that name is flushed, and only then is the old name deleted. A power
/// cut before that deletion reaches the disk leaves both names: the next attempt finds the new one, or delivers twice what the consumer
/// took already.</para>
/// </remarks>
internal sealed class CommitBatch(IFileSystem files, IPlatformFiles platform)
{
    /// <summary>Does it; every item has its own result then, and is to be completed. Never throws.</summary>
    public void Run(IReadOnlyList<CommitItem> items, bool durable)
    {
        try
        {
            Begin(items);
            if (durable)
                FlushOctets([.. items.Where(item => item.IsAlive && item.File is not null)]);
            foreach (var item in items.Where(item => item.IsAlive))
                Try(item, durable, Name);
            if (durable)
                FlushDirectories(items.Where(item => item.IsNamed));
            foreach (var item in items.Where(item => item.IsAlive && item is { Prepared: not null, Result: MoveResult.Moved }))
                GiveUpOldName(item);
        }
#pragma warning disable CA1031 // Nobody may wait for ever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var item in items)
                item.Fail(e);
        }
    }

    private static void Begin(IReadOnlyList<CommitItem> items)
    {
        NewFile? first = null;
        for (var i = 0; i < items.Count; i++)
        {
            items[i].Begin();
            if (first is not null || i == items.Count - 1 || items[i] is not { IsAlive: true, File: { } file })
                continue;
            // All are on one volume, so the first file tells: a disk is slower at making files for many threads, a server at the other end
            // of a network is not.
            first = file;
            if (first.CanFlushVolume)
                continue;
            Parallel.ForEach(items.Skip(i + 1), item => item.Begin());
            return;
        }
    }

    private static void FlushOctets(CommitItem[] items)
    {
        if (items.Length == 1)
            Try(items[0], true, static (item, _) => item.File!.Flush());
        if (items.Length < 2)
            return;
        try
        {
            // Errors since this file was opened are reported: it was open before anything was written to any of them.
            var first = items.MinBy(item => item.Order)!.File!;
            if (first.CanFlushVolume)
                first.FlushVolume();
            else
                Parallel.ForEach(items, item => Try(item, true, static (item, _) => item.File!.Flush()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (var item in items)
                item.Fail(e);
        }
    }

    private void Name(CommitItem item, bool durable)
    {
        item.Result = item.Prepared is not null && durable ? platform.Link(item.From, item.To) : platform.Move(item.From, item.To);
        // Its lock told other processes that the temporary file has an owner. A consumer may want the file to himself from now on.
        if (item.Result == MoveResult.Moved)
            item.File?.Dispose();
    }

    private void FlushDirectories(IEnumerable<CommitItem> items)
    {
        foreach (var group in items.GroupBy(item => item.Directory, StringComparer.Ordinal))
        {
            try
            {
                platform.FlushDirectory(group.Key);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                foreach (var item in group)
                    item.Fail(e);
            }
        }
    }

    private void GiveUpOldName(CommitItem item)
    {
        try
        {
            files.File.Delete(item.From);
            item.Prepared!.GiveUpLock();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The new name is safe; the owner of the old one deletes it, or says why it cannot.
        }
    }

    private static void Try(CommitItem item, bool durable, Action<CommitItem, bool> step)
    {
        try
        {
            step(item, durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            item.Fail(e);
        }
    }
}
