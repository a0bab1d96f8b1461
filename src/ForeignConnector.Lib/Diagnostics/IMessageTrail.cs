namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Where the events of every message go (TR-1): the tracking log, metrics and traces. Several may be registered.</summary>
/// <remarks>
/// <para><see cref="Record"/> is called after the fact, on the thread that did the work, and must neither block nor throw: a trail that cannot keep
/// up drops or buffers, mail goes on.</para>
/// <para><see cref="TrackingEvent.Content"/> is valid during the call only. Calls may overlap.</para>
/// </remarks>
public interface IMessageTrail
{
    /// <summary>Something happened to a message.</summary>
    void Record(TrackingEvent happened);
}
