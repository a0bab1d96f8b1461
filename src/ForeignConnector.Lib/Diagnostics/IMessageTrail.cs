using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Where the events of every message go (TR-1): the tracking log, metrics and traces. Several may be registered.</summary>
/// <remarks>
/// <para><see cref="Record"/> is called after the fact, on the thread that did the work, and must neither block nor throw: a trail that
/// cannot keep up drops or buffers, mail goes on.</para>
/// <para><see cref="TrackingEvent.Content"/> is valid during the call only. Calls may overlap.</para>
/// </remarks>
public interface IMessageTrail
{
    /// <summary>Something happened to a message.</summary>
    void Record(TrackingEvent happened);

    /// <summary>
    /// A message is about to be handed to the queue, which may deliver it before its <see cref="TrackingEventKind.Receive"/> (for a report,
    /// its <see cref="TrackingEventKind.Dsn"/>) is recorded. A trail whose order matters keeps other events of the submission back until
    /// the result is disposed (TR-2).
    /// </summary>
    /// <param name="id">The submission.</param>
    /// <returns>Disposed when the first event of the message is recorded, or there will be none. Null, the default, where the order does
    /// not matter.</returns>
    IDisposable? Expect(SubmissionId id) => null;
}
