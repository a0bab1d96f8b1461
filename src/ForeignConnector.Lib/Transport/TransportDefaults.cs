using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// The parts that the transport uses where the application brings none. Each is made when it is asked for, so that an application's own
/// part can stand in front of it. The transport disposes them. Thread-safe.
/// </summary>
public sealed class TransportDefaults
{
    private readonly TransportParts _parts;

    internal TransportDefaults(TransportParts parts) => _parts = parts;

    /// <summary>Chooses a connector for each recipient, and queues the message (RT-4, RT-5).</summary>
    public Categorizer Categorizer => _parts.Categorizer.Value;

    /// <summary>Makes reports and hands them in where all mail goes in.</summary>
    public ISenderReports Reports => _parts.OwnReports.Value;

    /// <summary>Keeps messages as files below <see cref="TransportOptions.QueueDirectoryPath"/>.</summary>
    public IQueueStore Store => _parts.OwnStore.Value;

    /// <summary>Manages the queue.</summary>
    public IQueueManager QueueManager => _parts.OwnQueueManager.Value;

    /// <summary>Watches the volume of the queue, and its length.</summary>
    public BackPressureMonitor BackPressure => _parts.BackPressure.Value;

    /// <summary>Names submissions by the clock, and by chance where they have no name of their own.</summary>
    public SubmissionIdSource Ids => _parts.OwnIds.Value;
}
