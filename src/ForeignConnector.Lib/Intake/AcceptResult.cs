using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake;

/// <summary>What <see cref="IMailIntake"/> answers: which recipients it refuses for good. All others are accepted.</summary>
/// <param name="Rejected">Outcomes with <see cref="RecipientAction.Failed"/>; empty when every recipient was accepted.</param>
public sealed record AcceptResult(ImmutableArray<RecipientOutcome> Rejected)
{
    /// <summary>Every recipient was accepted.</summary>
    public static AcceptResult Complete { get; } = new([]);
}
