using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Transport.Connectors;

namespace ForeignConnector.Lib.Transport.Health;

/// <summary>
/// Tells how the directories of a transport are, and what waits in them. It judges nothing and creates no file in Pickup, Replay or a Drop
/// directory. A directory that does not answer within 5 seconds holds nobody up. Thread-safe.
/// </summary>
public sealed class TransportHealth
{
    private readonly TransportDirectories _directories;
    private readonly Part<DeliveryQueue> _queue;
    private readonly Part<SetAsideFiles> _setAside;
    private readonly Part<DeliveryLatencies> _latencies;
    private readonly Part<TransportState> _state;
    private readonly Part<QueueProcessor> _processor;
    private readonly DirectoryProbe _probe;
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;

    internal TransportHealth(TransportParts parts, TransportServices services)
    {
        _directories = new TransportDirectories(parts.Paths.Value, parts.State);
        (_queue, _setAside, _latencies) = (parts.Queue, parts.SetAside, parts.Latencies);
        (_state, _processor) = (parts.State, parts.Processor);
        _files = services.Files;
        _time = services.Time;
        _probe = new DirectoryProbe(services.Files, PlatformFiles.For(services.Files), services.Questions);
    }

    /// <summary>Looks at every directory in use: is it there, can it be written to, and do renames work in that of the queue?</summary>
    /// <param name="isVolumeWanted">Also find out whether Drop directories are on the volume of the queue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The queue first, then Pickup and Replay, then the Drop directories by connector.</returns>
    public async Task<IReadOnlyList<DirectoryHealth>> LookAtDirectoriesAsync(
        bool isVolumeWanted, CancellationToken cancellationToken = default)
    {
        var queue = _probe.TryOwnAsync(_directories.Queue.Path, cancellationToken);
        // All at once: the wait for those that do not answer is the same wait.
        var intake = _directories.Intake.Select(directory =>
            (directory.Name, directory.Path, Wrong: _probe.LookAsync(directory.Path, cancellationToken))).ToArray();
        var drops = _directories.Drops.Select(drop =>
            (drop.Name, drop.Connector, Wrong: _probe.LookAsync(drop.Connector.DropDirectory, cancellationToken))).ToArray();
        var found = new List<DirectoryHealth>
        {
            new() { Name = _directories.Queue.Name,
                Path = _directories.Queue.Path, Kind = TransportDirectoryKind.Queue, Trouble = await queue.ConfigureAwait(false) },
        };
        foreach (var (name, path, wrong) in intake)
            found.Add(new DirectoryHealth
            {
                Name = name,
                Path = path,
                Kind = TransportDirectoryKind.Intake,
                Trouble = await wrong.ConfigureAwait(false)
            });
        foreach (var (name, connector, wrong) in drops)
            found.Add(await JudgeAsync(name, connector, await wrong.ConfigureAwait(false), isVolumeWanted, cancellationToken)
                .ConfigureAwait(false));
        return found;
    }

    /// <summary>Finds what has waited longest: in Pickup and Replay, in each Drop directory, and in the queue for each connector.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One for each place where something waits. A directory that cannot be listed is left out.</returns>
    public async Task<IReadOnlyList<WaitingMail>> LookForBacklogAsync(CancellationToken cancellationToken = default)
    {
        var waiting = _directories.Intake.Select(intake => (intake.Name, intake.Path, Kind: TransportDirectoryKind.Intake))
            .Concat(_directories.Drops.Select(drop => (drop.Name, Path: drop.Connector.DropDirectory, Kind: TransportDirectoryKind.Drop)))
            .Select(place => (place.Name, place.Kind, Oldest: _probe.AskAsync(
                $"oldest in {place.Path}", () => Oldest(place.Path), null, cancellationToken)))
            .ToArray();
        var found = new List<WaitingMail>();
        foreach (var (name, kind, oldest) in waiting)
        {
            if (await oldest.ConfigureAwait(false) is { } file)
                found.Add(new WaitingMail
                {
                    Place = name,
                    Kind = kind,
                    FileName = FileNames.ForLog(file.Name),
                    OldestAge = _time.GetUtcNow().UtcDateTime - file.Written
                });
        }
        found.AddRange(_queue.Value.Levels.Select(level => new WaitingMail
        {
            Place = $"queue of {Telemetry.NameOf(level.Connector)}",
            Kind = TransportDirectoryKind.Queue,
            Messages = level.Messages,
            OldestAge = _time.GetUtcNow() - level.OldestAcceptedAt,
        }));
        return found;
    }

    /// <summary>
    /// Finds out whether the file system reports changes in Pickup and Replay. Where it does not (network mounts report only what this
    /// machine does), files are found by polling alone (PU-1). Nothing is written to find that out.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A directory that is missing or does not answer is left out.</returns>
    public async Task<IReadOnlyList<WatcherHealth>> LookAtWatchersAsync(CancellationToken cancellationToken = default)
    {
        var found = new List<WatcherHealth>();
        foreach (var (name, path) in _directories.Intake)
        {
            if (await _probe.AskAsync($"watch of {path}", () => IsReported(path), (bool?)null, cancellationToken)
                .ConfigureAwait(false) is { } isReported)
                found.Add(new WatcherHealth { Name = name, Path = path, IsReported = isReported });
        }
        return found;
    }

    /// <summary>
    /// The time from acceptance to outcome that 99 of 100 recipients stayed below in the last 30 minutes, by connector of a delivery agent
    /// (DA-13). Connectors without an outcome in that time are not in it.
    /// </summary>
    public IReadOnlyDictionary<string, TimeSpan> DeliveryLatency99 => _latencies.Value.Percentile99;

    /// <summary>The connectors that fail, each with the last response, without addresses.</summary>
    public IReadOnlyDictionary<string, string> FailingConnectors => _processor.Value.FailingConnectors;

    /// <summary>The connectors whose protocol nothing here serves, each with the protocol (DA-4).</summary>
    public IReadOnlyDictionary<string, string> UnservedProtocols
    {
        get
        {
            var current = _state.Value.Current;
            return current.DeliveryProtocols.Where(pair => current.Connectors.GetValueOrDefault(pair.Key) is UnservedConnector)
                .ToDictionary(StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Counts the files that were set aside as badmail or poison (QU-12); deletes nothing.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<IReadOnlyList<SetAsideLevel>> LookAtSetAsideAsync(CancellationToken cancellationToken = default) =>
        _setAside.Value.LookAsync(isDeleting: false, cancellationToken);

    private async Task<DirectoryHealth> JudgeAsync(
        string name, DropDirectoryConnector connector, string? missing, bool isVolumeWanted, CancellationToken cancellationToken)
    {
        var path = connector.DropDirectory;
        var trouble = missing ?? (connector.IsOut ? "does not take messages" : null);
        return new DirectoryHealth
        {
            Name = name,
            Path = path,
            Kind = TransportDirectoryKind.Drop,
            // The next message makes it.
            Trouble = trouble == DirectoryProbe.Missing && connector.CreatesDirectory ? null : trouble,
            IsOnVolumeOfQueue = trouble is not null || !isVolumeWanted
                || await _probe.AreOnOneVolumeAsync(_directories.Queue.Path, path, cancellationToken).ConfigureAwait(false),
        };
    }

    // Null when nothing waits, or the directory cannot be listed.
    private (DateTime Written, string Name)? Oldest(string path)
    {
        try
        {
            (DateTime Written, string Name)? oldest = null;
            foreach (var file in _files.DirectoryInfo.New(path).EnumerateFiles())
            {
                if (file.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase) && file.Exists
                    && FileTimes.LastWriteUtc(file) is var written && (oldest is null || written < oldest.Value.Written))
                    oldest = (written, file.Name);
            }
            return oldest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool? IsReported(string path)
    {
        if (!_files.Directory.Exists(path))
            return null;
        using var watcher = new DirectoryWatcher(_files, path, () => { });
        return watcher.Start() && _files.DriveInfo.New(path).DriveType != DriveType.Network;
    }
}
