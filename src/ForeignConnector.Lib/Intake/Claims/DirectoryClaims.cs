using System.IO.Abstractions;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// The files of one watched directory that this host has claimed: written down before they are renamed, given back or deleted when they are
/// done, and found again after a crash (PU-4, PU-13, PU-14). Files are claimed by one thread and end on any.
/// </summary>
internal sealed class DirectoryClaims : IDisposable
{
    private readonly string _directory;
    private readonly IntakeContext _context;
    private readonly IPlatformFiles _platform;
    private readonly ClaimJournal _journal;
    private readonly SkipLog _skips;
    private readonly ReleasedFiles _released;
    private readonly TimeSpan _pause;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ClaimRecord> _left = [];

    /// <param name="directory">The watched directory, as a full path.</param>
    /// <param name="source">Pickup or Replay.</param>
    /// <param name="pause">How long a file rests that could not be handed over.</param>
    /// <param name="context">Where journals are, clock, file system.</param>
    /// <param name="platform">Locks and renames.</param>
    /// <param name="skips">Tells of files that cannot be renamed or deleted.</param>
    public DirectoryClaims(string directory, string source, TimeSpan pause, IntakeContext context, IPlatformFiles platform, SkipLog skips)
    {
        (_directory, _context, _platform, _skips, _pause) = (directory, context, platform, skips, pause);
        _journal = new ClaimJournal(Files.Path.GetFullPath(context.JournalDirectory), source, directory, Files, platform);
        _released = new ReleasedFiles(pause, context.Time, _journal.Remove);
    }

    private IFileSystem Files => _context.Files;

    /// <summary>Takes over what a process left that has ended.</summary>
    /// <returns>How many claims.</returns>
    /// <exception cref="IOException">A journal cannot be read or written now.</exception>
    public int Recover()
    {
        var found = 0;
        foreach (var record in _journal.TakeOver())
        {
            if (IsBackUnderItsName(record) || !Leave(record))
                continue;
            var isThere = MayBeThere(PathOf(record.ClaimName));
            record.Misses += isThere ? 0 : 1;
            found += isThere && record.State != ClaimState.Accepted ? 1 : 0;
        }
        _released.Sweep(PathOf);
        return found;
    }

    // A file that cannot be asked about counts as there, and is found missing when its turn comes. Nothing may be thrown: the journals that
    // the records come from are gone.
    private bool MayBeThere(string path)
    {
        try
        {
            return Files.HasFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    // It was given back, or a power cut took the rename back: the same file, untouched, whose message may be accepted by now.
    private bool IsBackUnderItsName(ClaimRecord record)
    {
        try
        {
            using var claim = TryOpen(record.FileName, out _);
            if (claim is null || !record.Facts.IsUntouched(claim.File.Facts))
                return false;
            (record.State, record.Suspicion) = (ClaimState.Waiting, Suspicion.None);
            _released.Add(claim, record, mustRest: false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is a new message.
            return false;
        }
    }

    /// <summary>True for the name of a claim of this host.</summary>
    public bool IsOurs(string claimName)
    {
        lock (_gate)
            return _names.Contains(claimName);
    }

    /// <summary>True when the file of that name could not be handed over just now.</summary>
    public bool IsResting(string name) => _released.IsResting(name);

    /// <summary>Opens and locks a file to be claimed.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FileClaim? TryOpen(string name, out OpenResult result) =>
        FileClaim.TryOpen(Files, _platform, _context.Time, PathOf(name), out result);

    /// <summary>Claims opened files, all written down with one flush. Closes those that cannot be claimed.</summary>
    /// <param name="opened">The files, in the order in which their submissions are named.</param>
    /// <returns>For each, the work; null when somebody was faster, or the system refuses to rename it, which is told.</returns>
    /// <exception cref="IOException">Claims cannot be written down; none was made.</exception>
    public IntakeWork?[] Take(IReadOnlyList<FileClaim> opened)
    {
        var records = opened.Select(RecordOf).ToArray();
        _journal.Write(records);
        return [.. opened.Zip(records, Take)];
    }

    /// <summary>Claims that nobody works on: of a process that has ended, or that could not be finished.</summary>
    /// <param name="withResting">Those too that could not be finished just now.</param>
    public ClaimRecord[] Left(bool withResting)
    {
        lock (_gate)
            return [.. _left.Where(record => withResting || _context.Time.GetTimestamp() >= record.NotBefore)];
    }

    /// <summary>Goes on with a claim of <see cref="Left"/>.</summary>
    /// <param name="record">The claim.</param>
    /// <param name="state">In which company.</param>
    /// <returns>Null when its file is gone, is another one now, or is held by somebody.</returns>
    /// <exception cref="IOException">The file cannot be opened, or that it is worked on cannot be written down.</exception>
    public IntakeWork? TryResume(ClaimRecord record, ClaimState state)
    {
        var claim = FileClaim.TryTakeOver(Files, _platform, _context.Time, PathOf(record.ClaimName), record.FileName, out var result);
        if (claim is null)
        {
            // A missing file is believed the second time only: once its claim is forgotten nobody owns it.
            record.Misses += result == OpenResult.Locked ? 0 : 1;
            if (record.Misses > 1)
                Forget(record);
            return null;
        }
        record.Misses = 0;
        // Another file has the name now: it is its writer's, and is logged as such.
        if (!record.Facts.Confirms(claim.File.Facts) && (record.State == ClaimState.Accepted || !record.Facts.IsSameFile(claim.File.Facts)))
        {
            claim.Dispose();
            Forget(record);
            return null;
        }
        lock (_gate)
            _left.Remove(record);
        _journal.Mark(record, state);
        return Work(claim, record);
    }

    /// <summary>The work goes on in company: a crash is nobody's own any more.</summary>
    public void NotAlone(IntakeWork work) => _journal.Mark(work.Record, ClaimState.Working);

    /// <summary>The message has another owner: deletes the file, or remembers that only this is left to do.</summary>
    public void Complete(IntakeWork work)
    {
        _journal.Mark(work.Record, ClaimState.Accepted);
        try
        {
            if (!work.Claim.Complete())
                _skips.Tell(work.Claim.CurrentName, "another file took the name of a claim of ours; it is left alone");
            Forget(work.Record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(work.Claim.OriginalName, work.Claim.Path, e);
            Keep(work, ClaimState.Accepted);
        }
    }

    /// <summary>Not now: the file gets its name back and rests, or stays claimed when it must, or cannot be renamed.</summary>
    public void GiveBack(IntakeWork work)
    {
        if (work.MustStayClaimed || work.Record.Suspicion != Suspicion.None)
        {
            Keep(work, ClaimState.Waiting);
            return;
        }
        try
        {
            if (!work.Claim.Release())
            {
                Forget(work.Record);
                return;
            }
            _journal.Rename(work.Record, work.Claim.CurrentName, work.Claim.File.AskFacts());
            lock (_gate)
                _names.Remove(work.Record.ClaimName);
            _released.Add(work.Claim, work.Record, mustRest: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(work.Claim.OriginalName, work.Claim.Path, e);
            Keep(work, ClaimState.Waiting);
        }
    }

    /// <summary>True, once, when more files were given back than can be remembered: all rest until the next poll.</summary>
    public bool MustAllRest() => _released.TakeOverflow();

    /// <summary>The file has been set aside: it has another name.</summary>
    public void Forget(ClaimRecord record)
    {
        _journal.Remove(record);
        lock (_gate)
        {
            _names.Remove(record.ClaimName);
            _left.Remove(record);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _released.Dispose();
        _journal.Dispose();
    }

    private IntakeWork? Take(FileClaim claim, ClaimRecord record)
    {
        try
        {
            foreach (var name in claim.ClaimNames)
            {
                // The first one is written down.
                if (name != record.ClaimName)
                {
                    record.ClaimName = name;
                    _journal.Write([record]);
                }
                var result = claim.Take(name);
                if (result == MoveResult.Exists)
                    continue;
                if (result != MoveResult.Moved)
                {
                    if (!claim.File.IsInodeStable)
                        _skips.Tell(claim.OriginalName,
                            "its volume gives a renamed file another number and takes its lock away: claims cannot be made there");
                    break;
                }
                // A number that follows the name confirms nothing.
                if (!claim.File.IsInodeStable)
                {
                    record.Facts = record.Facts with { Inode = 0 };
                    _journal.Write([record]);
                }
                lock (_gate)
                    _names.Add(name);
                return Work(claim, record);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _skips.Tell(claim.OriginalName, claim.Path, e);
        }
        _journal.Remove(record);
        claim.Dispose();
        return null;
    }

    private IntakeWork Work(FileClaim claim, ClaimRecord record) =>
        new(claim, record, _context.Ids.Next(record.Key), _context.Time.GetTimestamp());

    private ClaimRecord RecordOf(FileClaim claim)
    {
        if (_released.Recognize(claim) is not { } record)
            return new ClaimRecord(claim.OriginalName, claim.ClaimNames.First(), claim.File.Facts, _context.Ids.Next().Key);
        (record.State, record.ClaimName, record.Facts) = (ClaimState.Working, claim.ClaimNames.First(), claim.File.Facts);
        return record;
    }

    private void Keep(IntakeWork work, ClaimState state)
    {
        _journal.Mark(work.Record, state);
        work.Record.NotBefore = _context.Time.GetTimestamp() + (long)(_pause.TotalSeconds * _context.Time.TimestampFrequency);
        Leave(work.Record);
    }

    private bool Leave(ClaimRecord record)
    {
        lock (_gate)
        {
            // Written down twice, by a process that died while it took the claim over from another one.
            if (_left.Exists(other => other.ClaimName == record.ClaimName && other.Key == record.Key))
            {
                _journal.Remove(record);
                return false;
            }
            _names.Add(record.ClaimName);
            _left.Add(record);
            return true;
        }
    }

    private string PathOf(string name) => Files.Path.Combine(_directory, name);
}
