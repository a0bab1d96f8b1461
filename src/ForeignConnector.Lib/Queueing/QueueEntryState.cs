using System.Text.Json;
using System.Text.Json.Serialization;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// The sidecar of a queue file, <c>&lt;id&gt;.json</c>: what happened to it. It exists only while there is something to tell. Times are UTC; what is not known or not so is left out.
/// </summary>
internal sealed record QueueEntryState
{
    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>When recipients without a final outcome are tried again. Has no effect on the process that starts next: there everything is due at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>An administrator holds the entry: it is neither tried nor given up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Held { get; init; }

    /// <summary>How many processes in a row died while they worked on it (ND-4).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Crashes { get; init; }

    /// <summary>The sender was told of a delay, or wants to know of none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DelayReported { get; init; }

    /// <summary>The last word on each recipient that has one, by its place in the file.</summary>
    public IReadOnlyList<RecipientState> Recipients { get; init; } = [];

    [JsonIgnore]
    public bool IsEmpty => Attempts == 0 && !Held && Crashes == 0 && !DelayReported && Recipients.Count == 0;

    /// <summary>True when a loss of the state could double a recipient, or deliver to one that was reported as failed.</summary>
    [JsonIgnore]
    public bool MustSurvive => Recipients.Any(recipient => recipient.IsFinal);

    /// <summary>This state, which could not be written down, over the one that is: what others wrote meanwhile holds. An administrator decides whether the message is held, and what is final stays final.</summary>
    public QueueEntryState Over(QueueEntryState written)
    {
        var latest = Recipients.ToDictionary(recipient => recipient.Index);
        foreach (var settled in written.Recipients.Where(recipient => recipient.IsFinal && latest.GetValueOrDefault(recipient.Index) is not { IsFinal: true }))
            latest[settled.Index] = settled;
        return this with
        {
            Held = written.Held,
            Crashes = written.Crashes,
            DelayReported = DelayReported || written.DelayReported,
            Recipients = [.. latest.Values.OrderBy(recipient => recipient.Index)],
        };
    }

    /// <exception cref="JsonException">It is not such a file.</exception>
    public static QueueEntryState Read(ReadOnlySpan<byte> json)
    {
        var state = JsonSerializer.Deserialize(json, QueueEntryStateJson.Default.QueueEntryState) ?? new();
        // A person may have left the list, or parts of it, out.
        return state with { Recipients = [.. (state.Recipients ?? []).Where(recipient => recipient is { Index: >= 0 }).DistinctBy(recipient => recipient.Index)] };
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, QueueEntryStateJson.Default.QueueEntryState);
}

/// <summary>One recipient of a queue file.</summary>
/// <param name="Index">Its place among the X-Receiver lines, from 0.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The RFC 3463 code.</param>
/// <param name="Text">The safe text.</param>
internal sealed record RecipientState(int Index, RecipientAction Action, string Status, string Text)
{
    /// <summary>For people: who it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Address { get; init; }

    /// <summary>The attempt that gave the outcome; what one attempt gave is reported together.</summary>
    public int Attempt { get; init; }

    /// <summary>It waits in another entry of the queue now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Moved { get; init; }

    /// <summary>What came of the report to the sender; null while it is due, and where none ever is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public SenderReportResult? Report { get; init; }

    [JsonIgnore]
    public bool IsFinal => Action is not RecipientAction.Deferred;

    /// <summary>It failed, and nobody could be told: released, it is tried again.</summary>
    [JsonIgnore]
    public bool MayStartAnew => Action == RecipientAction.Failed && Report == SenderReportResult.Impossible;

    public RecipientOutcome ToOutcome(EnvelopeRecipient recipient) =>
        new(recipient, Action, EnhancedStatusCode.TryParse(Status, out var code) ? code : new EnhancedStatusCode(IsFinal ? 5 : 4, 0, 0), Text ?? "");
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(QueueEntryState))]
internal sealed partial class QueueEntryStateJson : JsonSerializerContext;
