using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>One connector's copy of a message (RT-5).</summary>
/// <param name="Connector">The connector, or <see cref="IDeliveryQueue.Unreachable"/>.</param>
/// <param name="Item">The message. Its envelope holds the recipients of this connector alone.</param>
public sealed record QueueCopy(string Connector, MailItem Item)
{
    /// <summary>Why recipients wait that cannot be tried now; kept with the entry, as what was said about them last.</summary>
    public ImmutableArray<RecipientOutcome> Waiting { get; init; } = [];
}
