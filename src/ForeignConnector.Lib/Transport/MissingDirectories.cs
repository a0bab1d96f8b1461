using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// Makes missing Pickup, Replay and Drop directories where the options ask for it (PU-15). What cannot be made is logged and stops nothing.
/// </summary>
internal sealed class MissingDirectories(IFileSystem files, PatientQuestions questions, ILogger<MissingDirectories> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes what is missing, and waits no longer than 5 seconds for a share that hangs.</summary>
    public Task CreateAsync(ForeignConnectorOptions options, CancellationToken cancellationToken)
    {
        if (!options.Transport.CreateDirectories)
            return Task.CompletedTask;
        // What stands side by side is on one volume as a rule.
        return Task.WhenAll(Wanted(options)
            .GroupBy(directory => files.Path.GetDirectoryName(directory.Path) ?? directory.Path, TransportPaths.Comparer)
            .Select(group => CreateAsync(group.Key, [.. group], cancellationToken)));
    }

    private IEnumerable<(string Name, string Path)> Wanted(ForeignConnectorOptions options)
    {
        var paths = new TransportPaths(options.Transport, files);
        if (paths.Pickup is { } pickup)
            yield return ("Pickup", pickup);
        if (paths.Replay is { } replay)
            yield return ("Replay", replay);
        foreach (var (name, connector) in options.Connectors.Where(pair => pair.Value.IsDrop))
        {
            if (paths.Drop(name, connector) is { } drop)
                yield return ($"Connector {name}", drop);
        }
    }

    private async Task CreateAsync(string parent, (string Name, string Path)[] directories, CancellationToken cancellationToken)
    {
        var (isAnswered, _) = await questions.AskAsync($"create in {parent}", () => CreateAll(directories), Patience, cancellationToken)
            .ConfigureAwait(false);
        if (isAnswered)
            return;
        foreach (var (name, path) in directories)
            logger.DirectoryNotCreated(name, path, "its volume does not answer");
    }

    private bool CreateAll((string Name, string Path)[] directories)
    {
        foreach (var (name, path) in directories)
            Create(name, path);
        return true;
    }

    private void Create(string name, string path)
    {
        try
        {
            if (files.Directory.Exists(path))
                return;
            DurableDirectory.Create(files, PlatformFiles.For(files), path);
            logger.DirectoryCreated(name, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            logger.DirectoryNotCreated(name, path, RedactedException.Of(e).Message);
        }
    }
}
