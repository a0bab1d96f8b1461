using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>What the pump does with one claimed file. Pickup and Replay differ in this alone.</summary>
internal interface IClaimProcessor
{
    /// <summary><c>Pickup</c> or <c>Replay</c>, for logs.</summary>
    string Source { get; }

    /// <summary>Parses the file and hands the message over. Bad content is a result; an exception means that the file is worth another try.</summary>
    ValueTask<IntakeResult> ProcessAsync(FileClaim claim, CancellationToken cancellationToken);
}
