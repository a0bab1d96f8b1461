using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing;

/// <summary>The last word on one recipient of an entry. Immutable.</summary>
public sealed record RecipientState
{
    /// <summary>Its place in the envelope that the entry was stored with, from 0.</summary>
    public int Index { get; init; }

    /// <summary>What became of it.</summary>
    public RecipientAction Action { get; init; }

    /// <summary>The RFC 3463 code, as text.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>The sentence that goes with it; safe to show to the sender.</summary>
    public string Text { get; init => field = value ?? ""; } = "";

    /// <summary>What the system behind the connector said, as <see cref="DiagnosticCode.ToString"/> gives it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Diagnostic { get; init; }

    /// <summary>The host that gave the outcome.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? RemoteHost { get; init; }

    /// <summary>It has the message, and no report of ours is due about that: see <see cref="RecipientOutcome.NeedsNoReport"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NeedsNoReport { get; init; }

    /// <summary>For people: who it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Address { get; init; }

    /// <summary>The attempt that gave the outcome; what one attempt gave is reported together.</summary>
    public int Attempt { get; init; }

    /// <summary>It waits in another entry of the queue now (RT-8).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Moved { get; init; }

    /// <summary>What came of the report to the sender; null while it is due, and where none ever is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public SenderReportResult? Report { get; init; }

    /// <summary>True when nothing more will happen to the recipient: neither deferred nor handed over.</summary>
    [JsonIgnore]
    public bool IsFinal => Action is not (RecipientAction.Deferred or RecipientAction.HandedOver);

    /// <summary>It failed, and nobody could be told: released, it is tried again.</summary>
    [JsonIgnore]
    public bool MayStartAnew => Action == RecipientAction.Failed && Report == SenderReportResult.Impossible;

    /// <summary>The same as an outcome. A status that cannot be read, or contradicts the action, becomes 2.0.0, 4.0.0 or 5.0.0.</summary>
    public RecipientOutcome ToOutcome(EnvelopeRecipient recipient) =>
        RecipientOutcome.Of(recipient, Action, EnhancedStatusCode.TryParse(Status, out var code) ? code : null, Text) with
        {
            Diagnostic = DiagnosticCode.Parse(Diagnostic),
            RemoteHost = RemoteHost,
            NeedsNoReport = NeedsNoReport,
        };
}

/// <summary>What the sender of an entry is to be told: one report. The same recipients stay together however often it is tried.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Outcomes">To whom; not empty.</param>
public sealed record QueueNotice(SenderReportKind Kind, ImmutableArray<RecipientOutcome> Outcomes);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(DeliveryState))]
internal sealed partial class DeliveryStateJson : JsonSerializerContext;
