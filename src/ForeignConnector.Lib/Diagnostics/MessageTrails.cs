namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Trails put together.</summary>
public static class MessageTrails
{
    /// <summary>Keeps nothing.</summary>
    public static IMessageTrail None { get; } = new Combined([]);

    /// <summary>Passes every event to each of the trails, in order.</summary>
    public static IMessageTrail Combine(IEnumerable<IMessageTrail> trails)
    {
        IMessageTrail[] all = [.. trails];
        return all is [var only] ? only : new Combined(all);
    }

    private sealed class Combined(IMessageTrail[] trails) : IMessageTrail
    {
        public void Record(TrackingEvent happened)
        {
            foreach (var trail in trails)
                trail.Record(happened);
        }
    }
}
