using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>When intake slows and stops. Exchange's rule: stop while less than 500 MB are free, slow down from 2 % of the volume above
/// that, and go on from 4 % above.</summary>
public sealed class BackPressureOptions
{
    /// <summary>Intake stops while less is free on the volume of the queue. On small volumes 5 % of the volume, if that is less. 0 turns it
    /// off.</summary>
    /// <value>Default 500 MB.</value>
    public ByteSize MinimumFreeSpace { get; set; } = ByteSize.FromMegabytes(500);

    /// <summary>Intake stops while fewer files can be created on that volume (inodes). On small volumes 5 % of them, if that is less. 0
    /// turns it off.</summary>
    /// <value>Default 10,000.</value>
    public int MinimumFreeFiles { get; set; } = 10_000;

    /// <summary>Intake stops while this many messages are queued, and slows down from 90 % on; null is unlimited.</summary>
    /// <value>Default 1,000,000: an index of half a gigabyte at most.</value>
    public int? MaxQueueLength { get; set; } = 1_000_000;

    /// <summary>How old a reading may be before it is taken again, in the background.</summary>
    /// <value>Default 2 seconds, as Exchange.</value>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromSeconds(2);
}
