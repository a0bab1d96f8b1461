namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>What is left of one resource, and what that means for intake.</summary>
/// <param name="Resource">What it is, for example <c>free space of queue</c>.</param>
/// <param name="Left">How much is left: octets, files or messages.</param>
/// <param name="Pace">The pace it allows.</param>
public sealed record ResourceReading(string Resource, long Left, IntakePace Pace);
