using System.Text.Json;
using System.Text.Json.Serialization;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The sidecar of a queue file, <c>&lt;id&gt;.json</c>: what happened to it. It exists only after a first failure.</summary>
internal sealed record QueueEntryState
{
    public int Attempts { get; init; }

    public DateTimeOffset LastAttempt { get; init; }

    public DateTimeOffset NextAttempt { get; init; }

    /// <summary>The last word on each recipient that has one, by its place in the file.</summary>
    public IReadOnlyList<RecipientState> Recipients { get; init; } = [];

    public static QueueEntryState Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, QueueEntryStateJson.Default.QueueEntryState) ?? new();

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, QueueEntryStateJson.Default.QueueEntryState);
}

/// <summary>One recipient of a queue file.</summary>
/// <param name="Index">Its place among the X-Receiver lines, from 0.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The RFC 3463 code.</param>
/// <param name="Text">The safe text.</param>
internal sealed record RecipientState(int Index, RecipientAction Action, string Status, string Text)
{
    [JsonIgnore]
    public bool IsFinal => Action is not RecipientAction.Deferred;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(QueueEntryState))]
internal sealed partial class QueueEntryStateJson : JsonSerializerContext;
