namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// Never more than a number of messages in any 60 seconds (PU-3). A message that is worked on reserves a place; only an accepted or refused
/// one uses it up (SE-6). Thread-safe.
/// </summary>
/// <param name="limit">The number; null is unlimited.</param>
/// <param name="time">The clock.</param>
internal sealed class MinuteLimit(int? limit, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _used = new();
    private int _reserved;

    /// <summary>How long until the next message may be taken; zero when it may be now, or as soon as one that is worked on gives its place
    /// back.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_gate)
                return CountUsed() < (limit ?? int.MaxValue) ? TimeSpan.Zero : Window - time.GetElapsedTime(_used.Peek());
        }
    }

    /// <summary>Takes a place for a message; false when there is none now.</summary>
    public bool TryReserve()
    {
        lock (_gate)
        {
            if (CountUsed() + _reserved >= (limit ?? int.MaxValue))
                return false;
            _reserved++;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryReserve"/> began.</summary>
    /// <param name="isUsed">The message was accepted or refused.</param>
    public void End(bool isUsed)
    {
        lock (_gate)
        {
            _reserved--;
            if (isUsed && limit is not null)
                _used.Enqueue(time.GetTimestamp());
        }
    }

    private int CountUsed()
    {
        while (_used.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            _used.Dequeue();
        return _used.Count;
    }
}
