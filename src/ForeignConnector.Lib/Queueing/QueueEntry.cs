using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Queueing;

/// <summary>One queue file, open and locked, with its sidecar.</summary>
internal sealed class QueueEntry : IDisposable
{
    private readonly LockedFile _file;

    public QueueEntry(string path, string name, LockedFile file, MailEnvelope envelope, int messageOffset, QueueEntryState state)
    {
        _file = file;
        Path = path;
        Name = name;
        Envelope = envelope;
        State = state;
        Content = new ClaimedContent(default, file, messageOffset, default);
        var settled = state.Recipients.Where(recipient => recipient.IsFinal).Select(recipient => recipient.Index).ToHashSet();
        PendingIndexes = [.. Enumerable.Range(0, envelope.Recipients.Length).Where(index => !settled.Contains(index))];
        Pending = settled.Count == 0 ? envelope : envelope with { Recipients = [.. PendingIndexes.Select(index => envelope.Recipients[index])] };
    }

    public string Path { get; }

    /// <summary>The file's name without extension.</summary>
    public string Name { get; }

    /// <summary>The envelope in the file.</summary>
    public MailEnvelope Envelope { get; }

    /// <summary>The envelope with only the recipients that are not settled.</summary>
    public MailEnvelope Pending { get; }

    public ImmutableArray<int> PendingIndexes { get; }

    public MessageContent Content { get; }

    public QueueEntryState State { get; }

    public PreparedFile Prepared => new(Path, _file);

    /// <summary>The state after one more attempt.</summary>
    public QueueEntryState After(ImmutableArray<RecipientOutcome> outcomes, DateTimeOffset nextAttempt, DateTimeOffset now)
    {
        var left = outcomes.ToList();
        var latest = State.Recipients.Where(recipient => recipient.IsFinal).ToList();
        foreach (var index in PendingIndexes)
        {
            var found = left.FindIndex(outcome => outcome.Recipient == Envelope.Recipients[index]);
            if (found < 0)
                continue;
            latest.Add(new RecipientState(index, left[found].Action, left[found].Status.ToString(), left[found].Text));
            left.RemoveAt(found);
        }
        return new QueueEntryState { Attempts = State.Attempts + 1, LastAttempt = now, NextAttempt = nextAttempt, Recipients = [.. latest.OrderBy(r => r.Index)] };
    }

    public void Dispose() => _file.Dispose();
}
