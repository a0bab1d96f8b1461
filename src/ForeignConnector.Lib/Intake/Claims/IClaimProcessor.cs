using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>What the pump does with one claimed file. Pickup and Replay differ in this alone. Calls overlap.</summary>
internal interface IClaimProcessor
{
    /// <summary><see cref="TrackingSource.Pickup"/> or <see cref="TrackingSource.Replay"/>.</summary>
    TrackingSource Source { get; }

    /// <summary>Parses the file and hands the message over. Bad content is a result; an exception means that the file is worth another
    /// try.</summary>
    ValueTask<IntakeResult> ProcessAsync(IntakeWork work, CancellationToken cancellationToken);
}
