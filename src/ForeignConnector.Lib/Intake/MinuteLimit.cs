namespace ForeignConnector.Lib.Intake;

/// <summary>Never more than a number of messages in any 60 seconds (PU-3). Not thread-safe.</summary>
/// <param name="limit">The number; null is unlimited.</param>
/// <param name="time">The clock.</param>
internal sealed class MinuteLimit(int? limit, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _used = new();

    /// <summary>How long until the next message may be taken; zero when that is now.</summary>
    public TimeSpan Wait
    {
        get
        {
            while (_used.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
                _used.Dequeue();
            return _used.Count < (limit ?? int.MaxValue) ? TimeSpan.Zero : Window - time.GetElapsedTime(_used.Peek());
        }
    }

    /// <summary>Counts one message.</summary>
    public void Use()
    {
        if (limit is not null)
            _used.Enqueue(time.GetTimestamp());
    }
}
