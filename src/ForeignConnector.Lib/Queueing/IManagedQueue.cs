using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Management;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A queue that brings a manager for administrators.</summary>
public interface IManagedQueue
{
    /// <summary>A manager of this queue; it may be used before the queue was loaded.</summary>
    /// <param name="reports">Tells senders of messages that are removed.</param>
    /// <param name="trail">Told of messages that are removed.</param>
    IQueueManager CreateManager(ISenderReports reports, IMessageTrail trail);
}
