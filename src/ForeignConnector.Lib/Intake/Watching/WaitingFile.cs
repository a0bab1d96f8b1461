namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>One name in a watched directory. In order: oldest first (PU-1), then by name.</summary>
/// <param name="Written">When it was last written to, UTC.</param>
/// <param name="Name">Without directory.</param>
internal readonly record struct WaitingFile(DateTime Written, string Name) : IComparable<WaitingFile>
{
    public int CompareTo(WaitingFile other) =>
        Written != other.Written ? Written.CompareTo(other.Written) : string.CompareOrdinal(Name, other.Name);
}
