using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Resolves each recipient to a connector, splits the message by connector, and queues one entry for each (RT-4, RT-5). A queued message
/// may leave as it is: header firewall, Bcc, line ends and X-CreatedBy are applied here, once, for every store and every connector (HF-4).
/// Thread-safe.
/// </summary>
/// <param name="state">The configuration in force.</param>
/// <param name="queue">Where entries go.</param>
/// <param name="product">X-CreatedBy for messages that come without one (EN-9).</param>
/// <param name="logger">Ids and counts.</param>
public sealed class Categorizer(TransportState state, DeliveryQueue queue, string product, ILogger<Categorizer> logger) : IMailIntake
{
    /// <inheritdoc/>
    public long MaxMessageSize => state.Current.Selector.MaxMessageSize;

    /// <inheritdoc/>
    public RecipientOutcome? ObjectionTo(EnvelopeRecipient recipient, long messageSize)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        var split = RecipientSplit.Of([recipient], messageSize, state.Current);
        return split.Failed.Concat(split.Waiting).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        using var activity = MessageTracing.StartRouting(item);
        // After a hand-over that broke off, recipients wait where the configuration of that time sent them.
        var stored = await queue.FindSubmissionAsync(item.Id.Key, cancellationToken).ConfigureAwait(false);
        var split = stored is null
            ? RecipientSplit.Of(item, state.Current)
            : RecipientSplit.Of(item, Without(item.Envelope.Recipients, stored.Recipients), state.Current);
        var envelope = item.Envelope.CreatedBy == MailEnvelope.UnspecifiedCreator
            ? item.Envelope with { CreatedBy = product }
            : item.Envelope;
        var content = split.Accepted.Count == 0
            ? item.Content
            : await CleanMessage.OfAsync(item.Content, envelope.Body, cancellationToken).ConfigureAwait(false);
        await queue.AddAsync(
            [.. split.Accepted.Select(copy => split.Copy(copy.Key, new MailItem(item.Id, For(copy.Value, envelope), content)))],
            cancellationToken).ConfigureAwait(false);
        Log(item, split);
        return split.Failed.Count + split.Waiting.Count == 0
            ? AcceptResult.Complete
            : new AcceptResult([.. split.Failed]) { Waiting = [.. split.Waiting] };
    }

    private static IEnumerable<EnvelopeRecipient> Without(
        ImmutableArray<EnvelopeRecipient> recipients, ImmutableArray<EnvelopeRecipient> stored)
    {
        var known = new Bag<EnvelopeRecipient>(stored);
        return recipients.Where(recipient => !known.TryTake(recipient));
    }

    private static MailEnvelope For(List<EnvelopeRecipient> recipients, MailEnvelope envelope) =>
        recipients.Count == envelope.Recipients.Length ? envelope : envelope with { Recipients = [.. recipients] };

    private void Log(MailItem item, RecipientSplit split)
    {
        var id = item.Id.ToString();
        if (split.Accepted.Count > 0)
            logger.Accepted(id, split.Accepted.Sum(pair => pair.Value.Count), split.Accepted.Count, item.Content.Length);
        foreach (var group in split.Waiting.GroupBy(outcome => (outcome.Status, outcome.Text)))
            logger.Unreachable(group.Count(), id, group.Key.Status.ToString(), group.Key.Text);
        foreach (var group in split.Failed.GroupBy(outcome => outcome.Status))
            logger.RecipientsRefused(group.Count(), id, group.Key.ToString());
    }
}
