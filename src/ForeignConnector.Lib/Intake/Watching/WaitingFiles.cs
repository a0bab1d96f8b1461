namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// The order in which the messages of a directory get their turn: oldest first, each once in a pass. A pass that ends early, because the
/// messages of this minute are used up or the gate closes, goes on where it ended. Not thread-safe.
/// </summary>
/// <remarks>
/// What appears, or appears to be older, after the directory was listed gets its turn in the next pass. The listing holds a bounded number
/// of messages (<see cref="DirectoryListing"/>); when they have had their turn, the next ones are listed, so that every message is listed
/// again for each such number and not for each message.
/// </remarks>
/// <param name="read">Lists the directory, from after a message on.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitingFiles(Func<WaitingFile?, DirectoryListing> read, TimeProvider time)
{
    // Long enough that listing costs nothing beside the work, short enough that an old file that was moved in soon has its turn.
    private static readonly TimeSpan RemainderLife = TimeSpan.FromMinutes(1);

    private DirectoryListing _listing = DirectoryListing.Empty;
    private int _next;
    private long _readAt;

    /// <summary>How long ago the directory was listed.</summary>
    public TimeSpan Age => time.GetElapsedTime(_readAt);

    /// <summary>True when the last pass ended early and its listing may still be believed.</summary>
    public bool HasRemainder => _next < _listing.Messages.Count && Age < RemainderLife;

    /// <summary>How many messages of the listing have not had their turn; more when <see cref="IsMore"/>.</summary>
    public int Count => _listing.Messages.Count - _next;

    /// <summary>True when the directory holds more messages than were listed.</summary>
    public bool IsMore => _listing.IsTruncated;

    /// <summary>Begins a pass at the oldest message.</summary>
    /// <returns>The names in <c>.tmp</c> that are there.</returns>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public List<WaitingFile> Begin()
    {
        Read(after: null);
        return _listing.Temporaries;
    }

    /// <summary>The next message, or false at the end of the pass. It stays the next one until <see cref="Advance"/>.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public bool TryPeek(out WaitingFile file)
    {
        if (_next == _listing.Messages.Count && _listing.IsTruncated)
            Read(_listing.Messages[^1]);
        if (_next < _listing.Messages.Count)
        {
            file = _listing.Messages[_next];
            return true;
        }
        file = default;
        Forget();
        return false;
    }

    /// <summary>The next pass begins at the oldest message.</summary>
    public void Forget() => (_listing, _next) = (DirectoryListing.Empty, 0);

    /// <summary>The message has had its turn.</summary>
    public void Advance() => _next++;

    private void Read(WaitingFile? after)
    {
        // Before the reading: a file that is written during it has not been quiet since.
        _readAt = time.GetTimestamp();
        Forget();
        _listing = read(after);
    }
}
