using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing;

/// <summary>One queue file, open and locked, with its sidecar.</summary>
internal sealed class QueueEntry : IDisposable
{
    private readonly LockedFile _file;

    public QueueEntry(string path, LockedFile file, MailEnvelope envelope, int messageOffset, QueueEntryState state, bool hasStateFile)
    {
        _file = file;
        Path = path;
        Envelope = envelope;
        HasStateFile = hasStateFile;
        MustStateSurvive = hasStateFile && state.MustSurvive;
        // An index that the file does not have comes from a hand that slipped.
        State = state with { Recipients = [.. state.Recipients.Where(recipient => recipient.Index < envelope.Recipients.Length)] };
        Content = new ClaimedContent(file, messageOffset);
    }

    public string Path { get; }

    /// <summary>The envelope in the file.</summary>
    public MailEnvelope Envelope { get; }

    public MessageContent Content { get; }

    public QueueEntryState State { get; set; }

    /// <summary>True when there is a sidecar on the disk.</summary>
    public bool HasStateFile { get; private set; }

    /// <summary>True when the sidecar on the disk keeps the message from recipients that must not get it again.</summary>
    public bool MustStateSurvive { get; private set; }

    /// <summary>The places of the recipients that have no final outcome.</summary>
    public ImmutableArray<int> Pending
    {
        get
        {
            var settled = State.Recipients.Where(recipient => recipient.IsFinal).Select(recipient => recipient.Index).ToHashSet();
            return [.. Enumerable.Range(0, Envelope.Recipients.Length).Where(index => !settled.Contains(index))];
        }
    }

    /// <summary>True when nobody waits and nothing is to be reported: only the files are left.</summary>
    public bool IsDone => Pending.IsEmpty && Notices.IsEmpty;

    /// <summary>The recipients that have no final outcome.</summary>
    public ImmutableArray<EnvelopeRecipient> Waiting => [.. Pending.Select(index => Envelope.Recipients[index])];

    public PreparedFile Prepared => new(Path, _file);

    /// <summary>The reports that are due, one for each attempt and kind.</summary>
    public ImmutableArray<QueueNotice> Notices =>
    [
        .. State.Recipients
            .Where(recipient => DueReport(recipient) is not null)
            .GroupBy(recipient => (recipient.Attempt, Kind: DueReport(recipient)!.Value))
            .OrderBy(group => group.Key)
            .Select(group => new QueueNotice(group.Key.Kind, [.. group.Select(Outcome)])),
    ];

    /// <summary>Notes what is on the disk now.</summary>
    public void Written(QueueEntryState state, bool hasStateFile) => (HasStateFile, MustStateSurvive) = (hasStateFile, state.MustSurvive);

    /// <summary>The state after one more attempt. A recipient without an outcome stays as it was.</summary>
    public QueueEntryState After(ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, DateTimeOffset now)
    {
        var attempt = State.Attempts + 1;
        return State with { Attempts = attempt, LastAttempt = now, NextAttempt = nextAttempt, Crashes = 0, Recipients = Latest(State.Recipients, Envelope, Pending, outcomes, attempt) };
    }

    /// <summary>The state when more is known about why recipients wait, without an attempt.</summary>
    public QueueEntryState Noting(ImmutableArray<RecipientOutcome> reasons) =>
        State with { Recipients = Latest(State.Recipients, Envelope, Pending, reasons, State.Attempts) };

    /// <summary>The state of an entry that begins with reasons why recipients wait.</summary>
    public static QueueEntryState Beginning(MailEnvelope envelope, ImmutableArray<RecipientOutcome> reasons) =>
        new() { Recipients = Latest([], envelope, Enumerable.Range(0, envelope.Recipients.Length), reasons, attempt: 0) };

    /// <summary>The state after recipients went to another entry.</summary>
    public QueueEntryState Without(ImmutableArray<EnvelopeRecipient> moved)
    {
        var left = new Bag<EnvelopeRecipient>(moved);
        var latest = State.Recipients.ToDictionary(recipient => recipient.Index);
        foreach (var index in Pending.Where(index => left.TryTake(Envelope.Recipients[index])))
            latest[index] = Describe(Envelope, index, RecipientOutcome.Delivered(Envelope.Recipients[index]) with { Text = "Waits in another queue." }, State.Attempts) with { Moved = true };
        return State with { Recipients = InOrder(latest) };
    }

    /// <summary>The state after a report.</summary>
    public QueueEntryState Told(QueueNotice notice, SenderReportResult result)
    {
        if (notice.Kind == SenderReportKind.Delayed)
            return State with { DelayReported = true };
        var left = new Bag<RecipientOutcome>(notice.Outcomes);
        return State with
        {
            Recipients = [.. State.Recipients.Select(recipient => DueReport(recipient) == notice.Kind && left.TryTake(Outcome(recipient)) ? recipient with { Report = result } : recipient)],
        };
    }

    public void Dispose() => _file.Dispose();

    // The report that is due about a recipient; null when none is. Delivery is reported only where it was asked for (ND-6).
    private SenderReportKind? DueReport(RecipientState recipient) => recipient.Report is not null || recipient.Moved ? null : recipient.Action switch
    {
        RecipientAction.Failed => SenderReportKind.Failed,
        RecipientAction.Relayed => SenderReportKind.Relayed,
        RecipientAction.Delivered when NotifyRules.WantsSuccess(Envelope.Sender, Envelope.Recipients[recipient.Index]) => SenderReportKind.Delivered,
        _ => null,
    };

    private static IReadOnlyList<RecipientState> InOrder(Dictionary<int, RecipientState> recipients) => [.. recipients.Values.OrderBy(recipient => recipient.Index)];

    private static IReadOnlyList<RecipientState> Latest(
        IEnumerable<RecipientState> recipients, MailEnvelope envelope, IEnumerable<int> pending, ImmutableArray<RecipientOutcome> outcomes, int attempt)
    {
        // A recipient that stands in the envelope twice has an outcome each.
        var left = outcomes.GroupBy(outcome => outcome.Recipient).ToDictionary(group => group.Key, group => new Queue<RecipientOutcome>(group));
        var latest = recipients.ToDictionary(recipient => recipient.Index);
        foreach (var index in pending)
        {
            if (left.TryGetValue(envelope.Recipients[index], out var said) && said.TryDequeue(out var outcome))
                latest[index] = Describe(envelope, index, outcome, attempt);
        }
        return InOrder(latest);
    }

    private static RecipientState Describe(MailEnvelope envelope, int index, RecipientOutcome outcome, int attempt) =>
        new(index, outcome.Action, outcome.Status.ToString(), outcome.Text) { Address = envelope.Recipients[index].Address, Attempt = attempt };

    private RecipientOutcome Outcome(RecipientState recipient) => recipient.ToOutcome(Envelope.Recipients[recipient.Index]);
}
