using ForeignConnector.Lib.Intake;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>A gate that a test opens and closes.</summary>
internal sealed class ScriptedGate : IIntakeGate
{
    public IntakePace Pace { get; set; } = IntakePace.Open;

    /// <summary>The largest message that fits.</summary>
    public long Room { get; set; } = long.MaxValue;

    public bool HasRoomFor(long octets) => octets <= Room;
}
