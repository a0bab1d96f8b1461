using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>What the Pickup directory accepts. Exchange's parameter names, without the common prefix <c>PickupDirectory</c>.</summary>
public sealed class PickupOptions
{
    /// <summary>The largest header, from its first field to the blank line.</summary>
    /// <value>Default 64 KB; 32 KB to 2 GB.</value>
    public ByteSize MaxHeaderSize { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>The most recipients of one message.</summary>
    /// <value>Default 100; 1 to 10,000.</value>
    public int MaxRecipientsPerMessage { get; set; } = 100;

    /// <summary>What <c>X-Sender</c> and <c>X-Receiver</c> at the top of a file mean (PU-11).</summary>
    /// <value>Default <see cref="PickupEnvelopeHeaders.Honor"/>.</value>
    public PickupEnvelopeHeaders EnvelopeHeaders { get; set; } = PickupEnvelopeHeaders.Honor;

    /// <summary>Files carry the dot stuffing of SMTP, as IIS and .NET Framework write them (PU-12).</summary>
    /// <value>Default false.</value>
    public bool DotStuffed { get; set; }
}

/// <summary>What <c>X-Sender</c> and <c>X-Receiver</c> lines at the top of a Pickup file mean (PU-11).</summary>
public enum PickupEnvelopeHeaders
{
    /// <summary>
    /// They are the envelope and are removed: what System.Net.Mail, IIS and CDO write, with Bcc recipients only there. A display name
    /// before an address is passed over. A file in which another such line stands below ordinary fields is refused: it would show a hidden
    /// recipient to the others.
    /// </summary>
    Honor,

    /// <summary>They are ordinary fields and are kept: what Exchange does.</summary>
    Ignore,

    /// <summary>The file is badmail: an exported Replay file does not belong here.</summary>
    Reject,
}
