namespace ForeignConnector.Lib.Queueing;

/// <summary>A queue that others may change beside this process, and that can tell of it. Thread-safe.</summary>
public interface IWatchedQueue
{
    /// <summary>
    /// Calls back when an administrator changed an entry, so that <see cref="IDeliveryQueue.LoadAsync"/> can be called at once.
    /// </summary>
    /// <param name="changed">Called on any thread; quick, and must not throw.</param>
    /// <returns>Ends the watch when it is disposed. Null where nothing can be watched: the transport looks every minute then.</returns>
    IDisposable? Watch(Action changed);
}
