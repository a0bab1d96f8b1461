namespace ForeignConnector.Lib.Intake.Pickup;

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
