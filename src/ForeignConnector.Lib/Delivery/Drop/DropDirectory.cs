using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>The directory itself: whether it is there (DR-2), and what writers that died left in it.</summary>
internal sealed class DropDirectory(DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform)
{
    private readonly AtomicFile _atomic = new(files, platform);
    private readonly Lock _gate = new();
    private volatile bool _isThere;
    private volatile SharedAccess? _access;
    private bool _isKnown;
    private int _swept;

    /// <summary>Who may read the files in it (DR-11); as the directory was when it was entered.</summary>
    public SharedAccess Access => _access ?? throw new InvalidOperationException("nobody has entered the directory");

    /// <summary>
    /// False when it is missing and not to be created. Looks once, and again after <see cref="Doubt"/>. The first time sweeps, before
    /// anything is written: a crash right after the last message of all must leave nothing behind.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">It is append-only: each temporary file would stay in it for ever (SE-7).</exception>
    public bool TryEnter()
    {
        if (_isThere)
            return true;
        lock (_gate)
        {
            if (options.CreateDropDirectory)
                DurableDirectory.Settle(files, platform, options.DropDirectory);
            else if (!files.HasDirectory(options.DropDirectory))
                return false;
            var rules = platform.RulesOf(options.DropDirectory);
            if (rules.IsAppendOnly)
                throw new UnauthorizedAccessException($"'{options.DropDirectory}' is append-only: nothing in it can be renamed");
            _access = new SharedAccess(options.DropFileMode, rules);
            if (!_isKnown)
                SweepOnce();
            _isKnown = true;
            _isThere = true;
        }
        return true;
    }

    /// <summary>Something went wrong in it.</summary>
    public void Doubt()
    {
        _isThere = false;
        _swept = 0;
    }

    /// <summary>
    /// To be called when a file has been written: the first time after something went wrong deletes abandoned temporary files. Not while
    /// things go wrong, because every attempt would list the directory.
    /// </summary>
    public void SweepOnce()
    {
        if (Volatile.Read(ref _swept) != 0 || Interlocked.Exchange(ref _swept, 1) != 0)
            return;
        try
        {
            _atomic.SweepTemporaries(options.DropDirectory, isShared: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A directory that can be written but not listed. What is left does no harm: no consumer looks for it.
        }
    }
}
