using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// Counts the files that were set aside in Pickup, Replay and the queue (BM-1, ND-4), and deletes those of them that are ours and older
/// than SetAsideRetention (QU-12). Each look is bounded and runs on a thread of its own.
/// </summary>
/// <param name="paths">Where to look.</param>
/// <param name="retention">How long they are kept; null keeps them for ever.</param>
/// <param name="files">The file system.</param>
/// <param name="questions">Asks the directories.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what was deleted.</param>
internal sealed class SetAsideFiles(
    TransportPaths paths, TimeSpan? retention, IFileSystem files, PatientQuestions questions, TimeProvider time,
    ILogger<SetAsideFiles> logger)
{
    // Of each directory and look: more than anybody reads, and seconds of work at most.
    private const int MaxEntries = 100_000;
    private const int MaxDeletions = 1_000;

    private const int MaxReasonOctets = 4096;
    private const string ReasonExtension = ".txt";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly string[] Extensions = [".bad", ".poison"];

    private readonly IPlatformFiles _platform = PlatformFiles.For(files);
    private volatile IReadOnlyList<SetAsideLevel> _levels = [];

    /// <summary>What the last look found.</summary>
    public IReadOnlyList<SetAsideLevel> Levels => _levels;

    /// <summary>Looks at every directory; one that does not answer within 5 seconds is left out.</summary>
    /// <param name="isDeleting">Delete what is too old.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<SetAsideLevel>> LookAsync(bool isDeleting, CancellationToken cancellationToken)
    {
        (string Name, string? Path)[] places = [("pickup", paths.Pickup), ("replay", paths.Replay), ("queue", paths.Queue)];
        var looks = places.Where(place => place.Path is not null).Select(place =>
            questions.AskAsync(
                $"set aside in {place.Path} {isDeleting}", () => Look(place.Name, place.Path!, isDeleting), Patience, cancellationToken));
        var answers = await Task.WhenAll(looks).ConfigureAwait(false);
        return _levels = [.. answers.SelectMany(answer => answer.Answer ?? [])];
    }

    private SetAsideLevel[] Look(string place, string path, bool isDeleting)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var levels = Extensions.Select(extension => new SetAsideLevel(place, extension == ".poison", 0, TimeSpan.Zero)).ToArray();
        var deleted = 0;
        foreach (var (file, kind) in Entries(place, path))
        {
            var age = AgeOf(file, now);
            if (isDeleting && deleted < MaxDeletions && age > retention && TryDelete(place, file))
                deleted++;
            else
                levels[kind] = levels[kind] with
                {
                    Files = levels[kind].Files + 1,
                    OldestAge = age > levels[kind].OldestAge
                    ? age
                    : levels[kind].OldestAge
                };
        }
        if (deleted > 0)
            logger.SetAsideDeleted(place, deleted, retention.GetValueOrDefault());
        return levels;
    }

    // The queue keeps them in the folders of its connectors.
    private IEnumerable<(IFileInfo File, int Kind)> Entries(string place, string path)
    {
        var directory = files.DirectoryInfo.New(path);
        IEnumerable<IDirectoryInfo> directories = place == "queue" ? Listed(directory.EnumerateDirectories) : [directory];
        return directories.SelectMany(each => Listed(() => each.EnumerateFiles().Where(file => KindOf(file.Name) >= 0))).Take(MaxEntries)
            .Select(file => (File: file, Kind: KindOf(file.Name)));
    }

    private static int KindOf(string name) => Array.FindIndex(Extensions, extension => name.EndsWith(extension, StringComparison.Ordinal));

    // A directory that is missing or cannot be listed is told of by others.
    private static T[] Listed<T>(Func<IEnumerable<T>> list)
    {
        try
        {
            return [.. list().Take(MaxEntries)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // The reason was written when the file was set aside; a time that cannot be is no age.
    private TimeSpan AgeOf(IFileInfo file, DateTime now)
    {
        try
        {
            var reason = files.FileInfo.New(file.FullName + ReasonExtension);
            var age = now - (reason.Exists ? reason : file).LastWriteTimeUtc;
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return TimeSpan.Zero;
        }
    }

    // The message first: a reason without one is only a text.
    private bool TryDelete(string place, IFileInfo file)
    {
        try
        {
            var reason = file.FullName + ReasonExtension;
            if (file.LinkTarget is not null || !IsOurs(place, reason))
                return false;
            files.File.Delete(file.FullName);
            files.File.Delete(reason);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // In Pickup and Replay anybody may write. What is read there is opened like a claim, and must say what we say (SE-1).
    private bool IsOurs(string place, string reason)
    {
        if (_platform.OpenExclusive(reason, out var opened) != OpenResult.Opened)
            return false;
        using (opened)
        {
            Span<byte> octets = stackalloc byte[MaxReasonOctets];
            var text = Encoding.UTF8.GetString(octets[..opened!.Read(0, octets)]);
            return place == "queue"
                || (text.StartsWith("File: ", StringComparison.Ordinal) && text.Contains("\nRule: ", StringComparison.Ordinal));
        }
    }
}
