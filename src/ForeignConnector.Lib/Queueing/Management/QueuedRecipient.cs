using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>One recipient of a queued message.</summary>
/// <param name="Address">The SMTP or IMCEA address.</param>
/// <param name="Action">What became of it so far; null before the first attempt.</param>
/// <param name="Status">The RFC 3463 code that goes with it; null before the first attempt.</param>
/// <param name="Text">The sentence that goes with it; null before the first attempt.</param>
public sealed record QueuedRecipient(string Address, RecipientAction? Action, string? Status, string? Text);
