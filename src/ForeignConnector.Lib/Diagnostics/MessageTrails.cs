using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>Trails put together.</summary>
public static class MessageTrails
{
    /// <summary>Keeps nothing.</summary>
    public static IMessageTrail None { get; } = new Combined([], null);

    /// <summary>
    /// Passes every event to each of the trails, in order. A trail that throws in spite of its contract harms neither the message nor the
    /// other trails.
    /// </summary>
    /// <param name="trails">The trails.</param>
    /// <param name="logger">Where to tell about a trail that throws, once until it works again.</param>
    public static IMessageTrail Combine(IEnumerable<IMessageTrail> trails, ILogger? logger = null) =>
        new Combined([.. trails.Select(trail => (trail, new OutageLog()))], logger);

    private sealed class Combined((IMessageTrail Trail, OutageLog Outage)[] trails, ILogger? logger) : IMessageTrail
    {
        public void Record(TrackingEvent happened)
        {
            foreach (var (trail, outage) in trails)
                Record(trail, outage, happened);
        }

        public IDisposable? Expect(SubmissionId id)
        {
            List<IDisposable>? all = null;
            foreach (var (trail, outage) in trails)
            {
                if (Expect(trail, outage, id) is { } expected)
                    (all ??= []).Add(expected);
            }
            return all switch { null => null, [var only] => only, _ => new Together(all) };
        }

        private void Record(IMessageTrail trail, OutageLog outage, TrackingEvent happened)
        {
            try
            {
                trail.Record(happened);
                outage.End();
            }
#pragma warning disable CA1031 // The record must never stand in the way of mail.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (outage.Begin())
                    logger?.TrailThrew(e, trail.GetType().Name);
            }
        }

        private IDisposable? Expect(IMessageTrail trail, OutageLog outage, SubmissionId id)
        {
            try
            {
                return trail.Expect(id);
            }
#pragma warning disable CA1031 // As above.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (outage.Begin())
                    logger?.TrailThrew(e, trail.GetType().Name);
                return null;
            }
        }
    }

    private sealed class Together(List<IDisposable> all) : IDisposable
    {
        public void Dispose()
        {
            foreach (var each in all)
                each.Dispose();
        }
    }
}
