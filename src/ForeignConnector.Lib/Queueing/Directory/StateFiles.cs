using System.IO.Abstractions;
using System.Text.Json;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>The sidecars of queue files. The writer of a sidecar holds the lock of its message.</summary>
internal sealed class StateFiles(IFileSystem files, IPlatformFiles platform, ILogger logger)
{
    // A recipient takes some hundred octets at most, and Replay takes any number of recipients.
    public const int MaxOctets = 256 << 20;

    private const string Extension = ".json";

    private readonly AtomicFile _atomic = new(files, platform);

    /// <summary>The state of a message; an empty one when it has none.</summary>
    /// <exception cref="IOException">It cannot be read, or something else has its name.</exception>
    public DeliveryState Read(string path, out bool exists)
    {
        var statePath = PathOf(path);
        exists = files.HasFile(statePath);
        if (!exists)
            return new DeliveryState();
        var octets = platform.ReadSmall(statePath, MaxOctets) ?? throw new IOException($"'{statePath}' is no regular file, or too large");
        try
        {
            return DeliveryState.Read(octets);
        }
        catch (JsonException e)
        {
            // Written atomically, so somebody edited it. Without it recipients may get the message twice; nobody goes without.
            logger.QueueStateUnreadable(e, files.Path.GetFileName(statePath));
            return new DeliveryState();
        }
    }

    /// <summary>Writes the state, durably when its loss would do harm; deletes the file when there is nothing to tell.</summary>
    /// <returns>True when there is a file now.</returns>
    public async ValueTask<bool> WriteAsync(string path, DeliveryState state, bool exists, CancellationToken cancellationToken)
    {
        if (!state.IsEmpty)
            await _atomic.ReplaceAsync(PathOf(path), state.Write(), state.MustSurvive, cancellationToken).ConfigureAwait(false);
        else if (exists)
            Delete(path);
        return !state.IsEmpty;
    }

    /// <summary>Writes the state of a message that is about to be stored; durable. A sidecar that is there knows more, and stays.</summary>
    public async ValueTask BeginAsync(string path, DeliveryState state, CancellationToken cancellationToken)
    {
        var isNew = await _atomic.PublishAsync(
            PathOf(path), (stream, token) => stream.WriteAsync(state.Write(), token), FlushMode.Grouped, cancellationToken, isAtHand: true)
                .ConfigureAwait(false);
        if (!isNew)
            _atomic.ThrowUnlessFile(PathOf(path));
    }

    public void Delete(string path) => files.File.Delete(PathOf(path));

    /// <summary>Deletes the state in the course of a failure, if that is possible.</summary>
    public void DeleteQuietly(string path) => _atomic.DeleteQuietly(PathOf(path));

    /// <summary>
    /// Deletes the states of messages that are no more: a process died between the two deletions. States of messages that were set aside
    /// stay.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="isKnown">
    /// True for the name of a message that this process may be writing or setting aside: its state is there before it is.
    /// </param>
    public void SweepOrphans(string directory, Func<string, bool> isKnown)
    {
        foreach (var state in files.Directory.EnumerateFiles(directory, "*" + Extension))
        {
            var name = files.Path.GetFileNameWithoutExtension(state);
            // Another process may rename it between two of these questions, but hardly once in each of the two rounds.
            if (QueueFileName.TryParse(name, out _, out _) && !isKnown(name) && !HasMessage(state) && !HasMessage(state))
                files.File.Delete(state);
        }
    }

    // In this order: somebody may release it meanwhile.
    private bool HasMessage(string state) =>
        files.HasFile(files.Path.ChangeExtension(state, QueueFolder.PoisonExtension))
            || files.HasFile(files.Path.ChangeExtension(state, QueueFolder.BadExtension))
        || files.HasFile(files.Path.ChangeExtension(state, FileNames.Message));

    /// <summary>Deletes the reasons of messages that are not set aside any more: somebody gave them back their name.</summary>
    public void SweepReasons(string directory)
    {
        foreach (var reason in files.Directory.EnumerateFiles(directory, "*" + QueueFolder.ReasonExtension))
        {
            var aside = files.Path.ChangeExtension(reason, null);
            if (files.Path.GetExtension(aside) is not (QueueFolder.BadExtension or QueueFolder.PoisonExtension)
                || !QueueFileName.TryParse(files.Path.GetFileNameWithoutExtension(aside), out _, out _))
                continue;
            // A process that sets a message aside holds its lock, and writes the reason first.
            var result = platform.OpenExclusive(files.Path.ChangeExtension(aside, FileNames.Message), out var file);
            using (file)
            {
                if (result is OpenResult.Opened or OpenResult.Gone && !files.HasFile(aside))
                    files.File.Delete(reason);
            }
        }
    }

    private string PathOf(string path) => files.Path.ChangeExtension(path, Extension);
}
