using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// Takes messages out of a Pickup or Replay directory, oldest first, each exactly once even when several hosts share the directory
/// (PU-1..PU-4, PU-13). Whatever happens to one file, the next one gets its turn.
/// </summary>
/// <remarks>One round or one loop at a time; not thread-safe. Its claims are released when the <see cref="IntakeContext"/> is
/// disposed.</remarks>
public sealed class WatchedDirectory
{
    private readonly IntakeContext _context;
    private readonly WatchedDirectoryOptions _options;
    private readonly DirectoryPoll _poll;
    private readonly OutageLog _outage = new();
    private readonly WakeSignal _wake;

    internal WatchedDirectory(
        string path, WatchedDirectoryOptions options, IHeaderParser parser, IntakeContext context, IPlatformFiles platform)
    {
        _context = context;
        _options = options;
        Path = context.Files.Path.GetFullPath(path);
        Source = parser.Source.ToString();
        _poll = new DirectoryPoll(Path, options, parser, context, platform);
        _wake = new WakeSignal(context.Time);
    }

    /// <summary>A Pickup directory: messages that applications composed (PU).</summary>
    /// <param name="path">The directory; it may appear later.</param>
    /// <param name="watch">How it is watched.</param>
    /// <param name="options">What it accepts.</param>
    /// <param name="context">The parts of the transport around it; several directories share one.</param>
    public static WatchedDirectory ForPickup(string path, WatchedDirectoryOptions watch, PickupOptions options, IntakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(path, watch, new PickupParser(options), context, PlatformFiles.For(context.Files));
    }

    /// <summary>A Replay directory: messages with their envelope in the file (RP).</summary>
    /// <inheritdoc cref="ForPickup"/>
    public static WatchedDirectory ForReplay(string path, WatchedDirectoryOptions watch, ReplayOptions options, IntakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(path, watch, new ReplayParser(options), context, PlatformFiles.For(context.Files));
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary><c>Pickup</c> or <c>Replay</c>.</summary>
    public string Source { get; }

    /// <summary>Wakes <see cref="RunAsync"/> before its polling interval has passed.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Takes in the files that are there, until <paramref name="cancellationToken"/> is cancelled, and polls again at every change
    /// and every polling interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var watcher = new DirectoryWatcher(_context.Files, Path, _wake.Set);
        var isSurprise = false;
        while (true)
        {
            var wait = _options.PollingInterval;
            var mustRest = true;
            var result = default(PassResult);
            try
            {
                watcher.Start();
                (result, mustRest) = await PollAsync(isLoop: true, cancellationToken).ConfigureAwait(false);
                wait = _poll.WaitAfter(result);
                // No event announced these files: the watch is not of this directory any more.
                if (isSurprise && result.Accepted + result.Refused + result.BadMail > 0)
                    watcher.Renew();
                _outage.End();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever goes wrong with one poll, the next one comes (RY-4).
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_outage.Begin())
                    _context.Logger.LookFailed(e, Source, Path);
            }
            if (mustRest)
                await Task.Delay(_options.PollingInterval, _context.Time, cancellationToken).ConfigureAwait(false);
            var isReported = !mustRest && await _wake.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
            isSurprise = !mustRest && !isReported && result is { RateLimited: false, Unsettled: 0, Left: 0 };
        }
    }

    /// <summary>
    /// One poll: takes back abandoned claims, then takes in every file that is ready. Does not throw for a bad file or a missing directory.
    /// When it returns or throws, no file is worked on any more.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; files that were being worked on are back.</exception>
    public async Task<PassResult> ProcessPendingAsync(CancellationToken cancellationToken) =>
        (await PollAsync(isLoop: false, cancellationToken).ConfigureAwait(false)).Result;

    /// <inheritdoc cref="DirectoryPoll.RunAsync"/>
    internal Task<(PassResult Result, bool MustRest)> PollAsync(bool isLoop, CancellationToken cancellationToken) =>
        _poll.RunAsync(isLoop, cancellationToken);
}
