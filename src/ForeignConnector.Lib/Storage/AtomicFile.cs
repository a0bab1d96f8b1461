using System.Buffers;
using System.IO.Abstractions;
using System.Security.Cryptography;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// Publishes a file so that nobody ever sees part of it: exclusive temporary file in the same directory, write, flush, rename, flush the
/// directory (DR-5, DR-9). Any failure before the rename deletes the temporary file. Its name is the writer's own (<c>final.xxxxxxxx.tmp</c>), so that two
/// writers of one final name never touch each other's octets.
/// </summary>
internal sealed class AtomicFile(IFileSystem files, IPlatformFiles platform)
{
    private const int TokenLength = 16;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Writes <paramref name="path"/>.</summary>
    /// <param name="path">The final name. Its directory must exist.</param>
    /// <param name="write">Writes the octets; called at most once.</param>
    /// <param name="durable">False leaves the flushing to the system: what was published may be gone or empty after a power cut.</param>
    /// <param name="cancellationToken">Has no effect once the file has its final name.</param>
    /// <returns>False when the final name is taken: an earlier attempt got this far, and nothing was written. Either way the name is durable.</returns>
    public async ValueTask<bool> PublishAsync(
        string path, Func<Stream, CancellationToken, ValueTask> write, bool durable, CancellationToken cancellationToken)
    {
        var directory = files.Path.GetDirectoryName(path)!;
        var temporary = TemporaryName(path);
        var published = false;
        try
        {
            var stream = Create(temporary);
            await using (stream.ConfigureAwait(false))
            {
                if (!files.File.Exists(path))
                {
                    await write(stream, cancellationToken).ConfigureAwait(false);
                    stream.Flush(flushToDisk: durable);
                    cancellationToken.ThrowIfCancellationRequested();
                    // Renamed while open: its lock tells other processes that the temporary file has an owner.
                    published = platform.Move(temporary, path) switch
                    {
                        MoveResult.Moved => true,
                        MoveResult.Exists => false,
                        var other => throw new IOException($"'{temporary}' could not be renamed: {other}"),
                    };
                }
            }
        }
        finally
        {
            if (!published)
                DeleteQuietly(temporary);
        }
        if (durable)
            platform.FlushDirectory(directory);
        return published;
    }

    /// <summary>Writes a small file in place of the one that may be there; a reader sees the old octets or the new ones. Durable when it returns.</summary>
    public async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        var temporary = TemporaryName(path);
        try
        {
            var stream = Create(temporary);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(octets, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            files.File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
        platform.FlushDirectory(files.Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Deletes what writers that died left behind: temporary files of ours that nobody holds open. What others call <c>.tmp</c> is not touched.
    /// </summary>
    /// <returns>How many.</returns>
    public int SweepTemporaries(string directory)
    {
        var swept = 0;
        foreach (var path in files.Directory.EnumerateFiles(directory, "*" + FileNames.Temporary))
        {
            if (!IsTemporaryName(files.Path.GetFileNameWithoutExtension(path)))
                continue;
            if (platform.OpenExclusive(path, out var file) != OpenResult.Opened)
                continue;
            using (file)
                files.File.Delete(path);
            swept++;
        }
        return swept;
    }

    // Not an id that anybody relies on, so it need not be reproducible.
    private static string TemporaryName(string path) => $"{path}.{RandomNumberGenerator.GetHexString(TokenLength, lowercase: true)}{FileNames.Temporary}";

    private static bool IsTemporaryName(ReadOnlySpan<char> withoutExtension) =>
        withoutExtension.Length > TokenLength && withoutExtension[^(TokenLength + 1)] == '.'
        && !withoutExtension[^TokenLength..].ContainsAnyExcept(LowerHex);

    // Shared for reading: between the rename and the close a consumer may already open it. Still a lock to whoever asks for it exclusively.
    private FileSystemStream Create(string path) =>
        files.FileStream.New(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);

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
