using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>What the sender of an entry is to be told: one report. The same recipients stay together however often it is tried.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Outcomes">To whom; not empty.</param>
public sealed record QueueNotice(SenderReportKind Kind, ImmutableArray<RecipientOutcome> Outcomes);
