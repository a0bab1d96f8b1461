namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Who wrote an X-header block.</summary>
internal enum InjectedForm
{
    /// <summary>A transport (EN, RP-2): addresses alone, and no field of the block behind it.</summary>
    Transport,

    /// <summary>An application, before a Pickup message (PU-11): a display name may stand before an address, and X-fields further down that do not name a sender or a recipient are the message's own.</summary>
    Application,
}
