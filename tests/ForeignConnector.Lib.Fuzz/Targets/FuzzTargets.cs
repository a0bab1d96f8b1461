using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Pickup;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>Everything that reads what others wrote.</summary>
internal static class FuzzTargets
{
    public static FuzzTarget[] All { get; } =
    [
        new("pickup-honor", "pickup", new PickupTarget(PickupEnvelopeHeaders.Honor).Run),
        new("pickup-ignore", "pickup", new PickupTarget(PickupEnvelopeHeaders.Ignore).Run),
        new("pickup-reject", "pickup", new PickupTarget(PickupEnvelopeHeaders.Reject).Run),
        new("replay", "replay", new ReplayTarget().Run),
        new("drop", "replay", DropTarget.Run),
        new("reports", "reports", ReportTarget.Run),
        new("addresses", "addresses", AddressListTarget.Run),
        new("address-syntax", "addresses", AddressSyntaxTarget.Run),
        new("spaces", "spaces", SpaceTarget.Run),
        new("x400", "x400", X400Target.Run),
        new("imcea", "imcea", ImceaTarget.Run),
        new("dates", "dates", DateTarget.Run),
        new("sidecars", "sidecars", SidecarTarget.Run),
        new("names", "names", NameTarget.Run),
        new("journals", "journals", JournalTarget.Run),
        new("claims", "claims", ClaimJournalTarget.Run),
    ];
}
