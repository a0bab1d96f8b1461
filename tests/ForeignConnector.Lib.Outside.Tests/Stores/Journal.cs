using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Queueing;

namespace Outside.Stores;

/// <summary>What survives a process: a page for each entry, by its id, as a table of a database would have rows.</summary>
internal sealed class Journal
{
    public SemaphoreSlim Gate { get; } = new(1);

    public Dictionary<string, Page> Pages { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries that an operator changed, until a process has looked at them.</summary>
    public List<(string Id, bool IsRetryWanted)> Notices { get; } = [];

    /// <summary>The process that has the journal; one before it can write nothing any more.</summary>
    public int Process { get; set; }
}

/// <summary>One entry, in octets and text.</summary>
internal sealed class Page
{
    private Page(string id, QueueEntry entry, byte[] message)
    {
        (Id, Connector, Submission, Message) = (id, entry.Connector, entry.Item.Id.ToString(), message);
        State = entry.State;
    }

    public string Id { get; }

    public string Connector { get; }

    public string Submission { get; }

    /// <summary>Envelope and message, in the form of a Drop file.</summary>
    public byte[] Message { get; }

    public DeliveryState State
    {
        get => DeliveryState.Read(StateText);
        set => StateText = value.Write();
    }

    public SetAsideKind? SetAside { get; set; }

    public string? Reason { get; set; }

    /// <summary>The process that has leased it; null when nobody has.</summary>
    public int? InHandOf { get; set; }

    /// <summary>True when that process worked on nothing else, and long enough.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Processes that died with it in hand.</summary>
    public int Deaths { get; set; }

    public bool IsSuspect { get; set; }

    public SubmissionId SubmissionId => SubmissionId.TryParse(Submission, out var id) ? id : throw new FormatException(Submission);

    public MailEnvelope Envelope => DropFile.FromOctets(Message).Envelope;

    public bool IsSuspectNow => IsSuspect || State.Crashes > 0;

    private byte[] StateText { get; set; } = [];

    public static async ValueTask<Page> OfAsync(QueueEntry entry, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        await DropFileWriter.WriteToAsync(entry.Item.Envelope, entry.Item.Content, message, cancellationToken);
        return new Page(IdOf(entry), entry, message.ToArray());
    }

    /// <summary>The same submission with the same recipients is the same entry of a connector, whatever its time (RT-5).</summary>
    public static string IdOf(QueueEntry entry)
    {
        var recipients = entry.Item.Envelope.Recipients.Select(recipient => recipient.ToString()).Order(StringComparer.Ordinal);
        return $"{entry.Item.Id.Key:x32}-{Hash(entry.Connector.ToUpperInvariant() + "\n" + string.Join('\n', recipients))}";
    }

    public EntrySnapshot ToSnapshot()
    {
        var file = DropFile.FromOctets(Message);
        return new EntrySnapshot
        {
            Id = Id,
            Connector = Connector,
            Submission = SubmissionId,
            Envelope = file.Envelope,
            State = State,
            ContentLength = file.Content.Length,
            StoredLength = Message.Length,
            SetAside = SetAside,
            Reason = Reason,
        };
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
}
