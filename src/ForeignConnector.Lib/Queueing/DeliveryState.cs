using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// Everything that decides about an entry of the queue apart from its message: what was tried, what became of each recipient, what its
/// sender was told. Immutable; every method gives another state and touches nothing. A store keeps it as <see cref="Write"/> gives it, or
/// in columns of its own. Methods that take an envelope want the one that the entry was stored with, all recipients included. Times are
/// UTC.
/// </summary>
public sealed record DeliveryState
{
    /// <summary>The state of an entry with which nothing has happened.</summary>
    public static DeliveryState New { get; } = new();

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When the last attempt ended; null before the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>
    /// When recipients without a final outcome are tried again; null before the first attempt. A process that starts tries everything at
    /// once, whatever this says.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>An administrator holds the entry: it is neither tried nor given up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Held { get; init; }

    /// <summary>
    /// Recipients lie with a gateway that has not answered, and no other one waits (GW-2): the entry is neither tried nor given up.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HandedOver { get; init; }

    /// <summary>How many processes in a row died while they worked on the entry alone (ND-4).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Crashes { get; init; }

    /// <summary>The sender was told of a delay, or wants to know of none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DelayReported { get; init; }

    /// <summary>The last word on each recipient that has one, by its place in the envelope.</summary>
    public IReadOnlyList<RecipientState> Recipients { get; init => field = value is null ? [] : [.. value]; } = [];

    /// <summary>True when there is nothing to remember.</summary>
    [JsonIgnore]
    public bool IsEmpty => Attempts == 0 && !Held && Crashes == 0 && !DelayReported && Recipients.Count == 0;

    /// <summary>True when the entry has its turns: a store leases no other one, except to an operator.</summary>
    [JsonIgnore]
    public bool IsLeasable => !Held && !HandedOver;

    /// <summary>
    /// True when a loss of the state could deliver to a recipient twice, or to one that was reported as failed: then it must be durable
    /// when it is saved.
    /// </summary>
    [JsonIgnore]
    public bool MustSurvive => Recipients.Any(recipient => recipient.Action is not RecipientAction.Deferred);

    /// <summary>True when recipients failed and nobody could be told: such an entry is set aside when it is done, not removed.</summary>
    [JsonIgnore]
    public bool HasUnreportedFailure => Recipients.Any(recipient => recipient.MayStartAnew);

    /// <summary>The state of a new entry, with reasons why some of its recipients wait (RT-4).</summary>
    public static DeliveryState Beginning(MailEnvelope envelope, ImmutableArray<RecipientOutcome> reasons)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return reasons.IsDefaultOrEmpty
            ? New
            : new() { Recipients = Latest([], envelope, Enumerable.Range(0, envelope.Recipients.Length), reasons, attempt: 0) };
    }

    /// <summary>The recipients that are to be tried: neither final nor handed over. In the order of the envelope.</summary>
    public ImmutableArray<EnvelopeRecipient> Pending(MailEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return Recipients.Count == 0 ? envelope.Recipients : [.. PendingIndexes(envelope).Select(index => envelope.Recipients[index])];
    }

    /// <summary>
    /// The recipients that are to be tried, each with the last that was said about it (<see cref="DeliveryStatus.NotTried"/> if
    /// nothing was).
    /// </summary>
    public ImmutableArray<RecipientOutcome> Waiting(MailEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var said = Recipients.ToDictionary(recipient => recipient.Index);
        return
        [
            .. PendingIndexes(envelope).Select(index => said.TryGetValue(index, out var last)
                ? last.ToOutcome(envelope.Recipients[index])
                : RecipientOutcome.Deferred(envelope.Recipients[index], DeliveryStatus.NotTried)),
        ];
    }

    /// <summary>True when every recipient has a final outcome: only reports may be left to make.</summary>
    public bool IsSettled(MailEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return Recipients.Count(recipient => recipient.IsFinal) >= envelope.Recipients.Length;
    }

    /// <summary>True when every recipient has a final outcome and no report is due: the entry is to go.</summary>
    public bool IsDone(MailEnvelope envelope) =>
        IsSettled(envelope) && !Recipients.Any(recipient => DueReport(envelope, recipient) is not null);

    /// <summary>The reports that are due now, one for each attempt and kind (ND-1, ND-6).</summary>
    public ImmutableArray<QueueNotice> DueReports(MailEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return Recipients.Count == 0 ? [] :
        [
            .. Recipients
                .Where(recipient => DueReport(envelope, recipient) is not null)
                .GroupBy(recipient => (recipient.Attempt, Kind: DueReport(envelope, recipient)!.Value))
                .OrderBy(group => group.Key)
                .Select(group => new QueueNotice(group.Key.Kind, [.. group.Select(recipient => Outcome(envelope, recipient))])),
        ];
    }

    /// <summary>The state after one more attempt. A recipient without an outcome stays as it was.</summary>
    /// <param name="envelope">The envelope of the entry.</param>
    /// <param name="outcomes">What the attempt gave.</param>
    /// <param name="nextAttempt">When recipients without a final outcome are tried again.</param>
    /// <param name="now">When the attempt ended.</param>
    public DeliveryState AfterAttempt(
        MailEnvelope envelope, ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, DateTimeOffset now)
    {
        var attempt = Attempts + 1;
        var latest = Latest(Recipients, envelope, PendingIndexes(envelope), outcomes, attempt);
        return this with
        {
            Attempts = attempt,
            LastAttempt = now,
            NextAttempt = nextAttempt,
            Crashes = 0,
            HandedOver = IsLeftToGateway(envelope, latest),
            Recipients = latest,
        };
    }

    /// <summary>
    /// The state in the middle of an attempt that asks the connector several times
    /// (<see cref="Delivery.IForeignConnector.MaxRecipientsPerDelivery"/>): what is known of some recipients already counts, and belongs to
    /// the attempt that <see cref="AfterAttempt"/> ends.
    /// </summary>
    public DeliveryState DuringAttempt(MailEnvelope envelope, ImmutableArray<RecipientOutcome> outcomes) =>
        this with { Recipients = Latest(Recipients, envelope, PendingIndexes(envelope), outcomes, Attempts + 1) };

    /// <summary>The recipients that are to be tried, those whose last attempt is longest ago first.</summary>
    internal ImmutableArray<EnvelopeRecipient> PendingInTurn(MailEnvelope envelope)
    {
        var last = Recipients.ToDictionary(recipient => recipient.Index, recipient => recipient.Attempt);
        return [.. PendingIndexes(envelope).OrderBy(index => last.GetValueOrDefault(index)).Select(index => envelope.Recipients[index])];
    }

    /// <summary>The state when more is known about why recipients wait, without an attempt.</summary>
    public DeliveryState Noting(MailEnvelope envelope, ImmutableArray<RecipientOutcome> reasons) =>
        this with { Recipients = Latest(Recipients, envelope, PendingIndexes(envelope), reasons, Attempts) };

    /// <summary>The state after recipients moved to other entries of the submission (RT-8). A move is not reported.</summary>
    public DeliveryState AfterMove(MailEnvelope envelope, ImmutableArray<EnvelopeRecipient> moved)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var left = new Bag<EnvelopeRecipient>(moved);
        var latest = Recipients.ToDictionary(recipient => recipient.Index);
        foreach (var index in PendingIndexes(envelope).Where(index => left.TryTake(envelope.Recipients[index])))
        {
            var outcome = RecipientOutcome.Delivered(envelope.Recipients[index]) with { Text = "Waits in another queue." };
            latest[index] = Describe(envelope, index, outcome, Attempts) with { Moved = true };
        }
        return this with { Recipients = InOrder(latest) };
    }

    /// <summary>The state after a report was made, or turned out not to be wanted or possible.</summary>
    public DeliveryState AfterReport(MailEnvelope envelope, QueueNotice notice, SenderReportResult result)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Kind == SenderReportKind.Delayed)
            return this with { DelayReported = true };
        var left = new Bag<RecipientOutcome>(notice.Outcomes);
        return this with
        {
            Recipients =
            [
                .. Recipients.Select(
                    recipient => DueReport(envelope, recipient) == notice.Kind && left.TryTake(Outcome(envelope, recipient))
                    ? recipient with { Report = result }
                    : recipient),
            ],
        };
    }

    /// <summary>The state after one more process died while it worked on the entry alone (ND-4).</summary>
    public DeliveryState AfterCrash() => this with { Crashes = Crashes + 1 };

    /// <summary>
    /// The state of an entry that was set aside and gets a new start: recipients that failed without anybody being told wait again, those
    /// that have the message or were reported do not.
    /// </summary>
    public DeliveryState StartingAnew() =>
        new() { Recipients = [.. Recipients.Where(recipient => recipient.IsFinal && !recipient.MayStartAnew)] };

    /// <summary>
    /// This state, which could not be saved, over the one that was: what others wrote meanwhile holds. An administrator decides whether the
    /// entry is held, and what is final stays final.
    /// </summary>
    public DeliveryState Over(DeliveryState written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var latest = Recipients.ToDictionary(recipient => recipient.Index);
        foreach (var settled in written.Recipients.Where(
            recipient => recipient.IsFinal && latest.GetValueOrDefault(recipient.Index) is not { IsFinal: true }))
            latest[settled.Index] = settled;
        return this with
        {
            Held = written.Held,
            Crashes = written.Crashes,
            DelayReported = DelayReported || written.DelayReported,
            Recipients = InOrder(latest)
        };
    }

    /// <summary>The state without places that the envelope does not have: they come from a hand that edited it.</summary>
    public DeliveryState Within(MailEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return Recipients.All(recipient => recipient.Index < envelope.Recipients.Length)
            ? this
            : this with { Recipients = [.. Recipients.Where(recipient => recipient.Index < envelope.Recipients.Length)] };
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote, or what a person made of it: comments, trailing commas and missing parts are allowed.
    /// </summary>
    /// <exception cref="JsonException">It is no such JSON.</exception>
    public static DeliveryState Read(ReadOnlySpan<byte> json)
    {
        var state = JsonSerializer.Deserialize(json, DeliveryStateJson.Default.DeliveryState) ?? New;
        // A person may have left the list, or parts of it, out.
        return state with
        {
            Recipients = [.. state.Recipients.Where(recipient => recipient is { Index: >= 0 }).DistinctBy(recipient => recipient.Index)]
        };
    }

    /// <summary>The state as indented JSON in UTF-8. What is not known or not so is left out.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, DeliveryStateJson.Default.DeliveryState);

    private IEnumerable<int> PendingIndexes(MailEnvelope envelope)
    {
        var others = Recipients.Where(recipient => recipient.Action is not RecipientAction.Deferred)
            .Select(recipient => recipient.Index).ToHashSet();
        return Enumerable.Range(0, envelope.Recipients.Length).Where(index => !others.Contains(index));
    }

    private static bool IsLeftToGateway(MailEnvelope envelope, RecipientState[] recipients) =>
        recipients.Any(recipient => recipient.Action == RecipientAction.HandedOver)
        && recipients.Count(recipient => recipient.Action is not RecipientAction.Deferred) == envelope.Recipients.Length;

    // The report that is due about a recipient; null when none is. Delivery is reported only where it was asked for (ND-6).
    private static SenderReportKind? DueReport(MailEnvelope envelope, RecipientState recipient) =>
        recipient.Report is not null || recipient.Moved ? null : recipient.Action switch
        {
            RecipientAction.Failed => SenderReportKind.Failed,
            _ when recipient.NeedsNoReport => null,
            RecipientAction.Relayed => SenderReportKind.Relayed,
            RecipientAction.Delivered when envelope.WantsSuccess(envelope.Recipients[recipient.Index]) =>
                SenderReportKind.Delivered,
            _ => null,
        };

    private static RecipientState[] InOrder(Dictionary<int, RecipientState> recipients) =>
        [.. recipients.Values.OrderBy(recipient => recipient.Index)];

    private static RecipientState[] Latest(
        IEnumerable<RecipientState> recipients, MailEnvelope envelope, IEnumerable<int> pending, ImmutableArray<RecipientOutcome> outcomes,
        int attempt)
    {
        // A recipient that stands in the envelope twice has an outcome each.
        var left = outcomes.GroupBy(outcome => outcome.Recipient).ToDictionary(
            group => group.Key, group => new Queue<RecipientOutcome>(group));
        var latest = recipients.ToDictionary(recipient => recipient.Index);
        foreach (var index in pending)
        {
            if (left.TryGetValue(envelope.Recipients[index], out var said) && said.TryDequeue(out var outcome))
                latest[index] = Describe(envelope, index, outcome, attempt);
        }
        return InOrder(latest);
    }

    private static RecipientState Describe(MailEnvelope envelope, int index, RecipientOutcome outcome, int attempt) => new()
    {
        Index = index,
        Action = outcome.Action,
        Status = outcome.Status.ToString(),
        Text = outcome.Text,
        Diagnostic = outcome.Diagnostic?.ToString(),
        RemoteHost = outcome.RemoteHost,
        NeedsNoReport = outcome.NeedsNoReport,
        Address = envelope.Recipients[index].Address,
        Attempt = attempt,
    };

    private static RecipientOutcome Outcome(MailEnvelope envelope, RecipientState recipient) =>
        recipient.ToOutcome(envelope.Recipients[recipient.Index]);
}
