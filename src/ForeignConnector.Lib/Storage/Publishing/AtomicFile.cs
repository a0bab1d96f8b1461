using System.Buffers;
using System.Globalization;
using System.IO.Abstractions;
using System.Security.Cryptography;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// Publishes a file so that nobody ever sees part of it: exclusive temporary file in the same directory, write, flush, rename, flush the
/// directory (DR-5, DR-9). Any failure before the rename deletes the temporary file. Its name is the writer's own
/// (<c>final.xxxxxxxx.tmp</c>), so that two writers of one final name never touch each other's octets.
/// </summary>
internal sealed class AtomicFile(IFileSystem files, IPlatformFiles platform)
{
    private const int TokenLength = 16;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string _writer = RandomNumberGenerator.GetHexString(TokenLength - 6, lowercase: true);
    private readonly GroupCommit _commits = GroupCommit.For(files, platform);
    private int _count;

    /// <summary>Writes <paramref name="path"/>.</summary>
    /// <param name="path">The final name. Its directory must exist.</param>
    /// <param name="write">Writes the octets; called at most once.</param>
    /// <param name="flush">What the file shall survive when this returns.</param>
    /// <param name="cancellationToken">Has no effect once the file is being flushed.</param>
    /// <param name="isAtHand">The writer has little to write and waits for nothing: it may be called on the thread of a batch.</param>
    /// <param name="access">Who may read it; null when it is private.</param>
    /// <returns>False when the final name is taken, and nothing was written. Either way the name is durable.</returns>
    public async ValueTask<bool> PublishAsync(
        string path, Func<Stream, CancellationToken, ValueTask> write, FlushMode flush, CancellationToken cancellationToken,
        bool isAtHand = false, SharedAccess? access = null)
    {
        var directory = files.Path.GetDirectoryName(path)!;
        if (files.File.Exists(path))
        {
            if (flush != FlushMode.None)
                platform.FlushDirectory(directory);
            return false;
        }
        var temporary = TemporaryName(path);
        MoveResult? result = null;
        try
        {
            using var item = new CommitItem(() => platform.Create(temporary, access), write, temporary, path, directory, cancellationToken);
            if (!isAtHand)
            {
                // A caller that starts several is not held up while the first is written.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await item.WriteAsync().ConfigureAwait(false);
            }
            result = await _commits.CommitAsync(item, flush).ConfigureAwait(false);
        }
        finally
        {
            if (result != MoveResult.Moved)
                DeleteQuietly(temporary);
        }
        return HasName(result, temporary);
    }

    /// <summary>Access for whoever a directory is for, such as the host whose Replay directory it is: its group may read.</summary>
    public SharedAccess AccessBeside(string path) =>
        new(SharedAccess.GroupMayRead, platform.RulesOf(files.Path.GetDirectoryName(files.Path.GetFullPath(path))!));

    /// <summary>
    /// To be called when <see cref="PublishAsync"/> found the name taken and that is to mean "done before": nothing but a file can be done.
    /// One that has gone meanwhile was one.
    /// </summary>
    /// <exception cref="IOException">A directory, a link or a device has the name (SE-3).</exception>
    public void ThrowUnlessFile(string path)
    {
        using var there = platform.OpenRegular(path);
        if (there is null && files.AttributesOf(path) is not null)
            throw new IOException($"'{path}' is taken by something that is no file");
    }

    /// <summary>Gives a file that was written and flushed before the name <paramref name="path"/>, in another directory, if that is on its
    /// volume.</summary>
    /// <param name="prepared">Is unlocked and loses its old name.</param>
    /// <param name="path">The final name.</param>
    /// <param name="flush">What the file shall survive under its new name when this returns.</param>
    /// <param name="cancellationToken">Has no effect once the batch has begun.</param>
    /// <returns><see cref="MoveResult.Exists"/> when an earlier attempt got this far; the old name is still there then.</returns>
    public Task<MoveResult> HandOverAsync(PreparedContent prepared, string path, FlushMode flush, CancellationToken cancellationToken) =>
        _commits.CommitAsync(new CommitItem(prepared, path, files.Path.GetDirectoryName(path)!, cancellationToken), flush);

    /// <summary>Writes a small file in place of the one that may be there; a reader sees the old octets or the new ones. Durable when it
    /// returns.</summary>
    public ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) =>
        ReplaceAsync(path, octets, durable: true, cancellationToken);

    /// <summary>Writes a small file in place of the one that may be there; a reader sees the old octets or the new ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="octets">The new content.</param>
    /// <param name="durable">Durable when it returns; false leaves the flushing to the system.</param>
    /// <param name="cancellationToken">Leaves the file as it was.</param>
    public async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> octets, bool durable, CancellationToken cancellationToken)
    {
        var temporary = TemporaryName(path);
        try
        {
            using (var file = platform.Create(temporary))
            {
                await file.Stream.WriteAsync(octets, cancellationToken).ConfigureAwait(false);
                if (durable)
                    file.Flush();
            }
            files.File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
        if (durable)
            platform.FlushDirectory(files.Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a small file under a name that nothing has, in a directory that others write to (SE-1). Survives the process; a
    /// power cut may take it back.</summary>
    /// <returns>False when something has that name, whatever it is.</returns>
    public bool TryCreate(string path, ReadOnlySpan<byte> octets)
    {
        // Hidden, and not made of the name, which may be as long as a name can be.
        var temporary = files.Path.Combine(files.Path.GetDirectoryName(path)!, TemporaryName(""));
        var result = MoveResult.Gone;
        try
        {
            using (var file = platform.Create(temporary))
                file.Stream.Write(octets);
            result = platform.Move(temporary, path);
        }
        finally
        {
            if (result != MoveResult.Moved)
                DeleteQuietly(temporary);
        }
        return HasName(result, temporary);
    }

    /// <summary>Writes a small file in place of the one that may be there, and leaves the flushing to the system.</summary>
    public void Replace(string path, ReadOnlySpan<byte> octets)
    {
        var temporary = TemporaryName(path);
        try
        {
            using (var file = platform.Create(temporary))
                file.Stream.Write(octets);
            files.File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    /// <summary>
    /// Deletes temporary files of ours that nobody holds open: writers that died left them behind. Other files in <c>.tmp</c> are not
    /// touched.
    /// </summary>
    /// <param name="directory">Where they are.</param>
    /// <param name="isShared">Others write to the directory: only a file of this account is ours (SE-1).</param>
    /// <returns>How many.</returns>
    public int SweepTemporaries(string directory, bool isShared = false)
    {
        var swept = 0;
        foreach (var path in files.Directory.EnumerateFiles(directory, "*" + FileNames.Temporary))
        {
            if (IsTemporaryName(files.Path.GetFileNameWithoutExtension(path))
                && (isShared ? TrySweepOwn(path) : TrySweep(path, isOwn: _ => true)))
                swept++;
        }
        return swept;
    }

    // One that this account may not open or delete keeps no other from being swept.
    private bool TrySweepOwn(string path)
    {
        try
        {
            return TrySweep(path, file => file.IsOfThisAccount && file.IsAt(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TrySweep(string path, Func<LockedFile, bool> isOwn)
    {
        if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
            return false;
        using (file)
        {
            if (!isOwn(file!))
                return false;
            files.File.Delete(path);
        }
        return true;
    }

    // False when the final name is taken.
    private static bool HasName(MoveResult? result, string temporary) => result switch
    {
        MoveResult.Moved => true,
        MoveResult.Exists => false,
        _ => throw new IOException($"'{temporary}' could not be renamed: {result}"),
    };

    // A writer by chance, which need not be reproducible because nobody relies on it, and a count: random octets for each file would cost a
    // call to the system.
    private string TemporaryName(string path) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{path}.{_writer}{Interlocked.Increment(ref _count) & 0xFFFFFF:x6}{FileNames.Temporary}");

    private static bool IsTemporaryName(ReadOnlySpan<char> withoutExtension) =>
        withoutExtension.Length > TokenLength && withoutExtension[^(TokenLength + 1)] == '.'
        && !withoutExtension[^TokenLength..].ContainsAnyExcept(LowerHex);

    /// <summary>Deletes a file in the course of a failure, if that is possible.</summary>
    public void DeleteQuietly(string path)
    {
        try
        {
            files.File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report; the next start sweeps the file.
        }
    }
}
