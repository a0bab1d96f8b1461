using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>What can happen to a message, by Exchange's event ids (TR-1).</summary>
public enum TrackingEventKind
{
    /// <summary>It was accepted and is durable.</summary>
    Receive,

    /// <summary>Recipients were delivered.</summary>
    Send,

    /// <summary>Recipients were handed to a system that does not report (DR-8).</summary>
    Relay,

    /// <summary>A report about it was made.</summary>
    Dsn,

    /// <summary>Recipients wait for another attempt.</summary>
    Defer,

    /// <summary>Recipients were given up.</summary>
    Fail,

    /// <summary>Its file was set aside (BM-1).</summary>
    BadMail,

    /// <summary>It was set aside because the process died while it was worked on (ND-4).</summary>
    PoisonMessage,

    /// <summary>It waited for one connector and now waits for another, or for none (RT-8).</summary>
    Resubmit,
}

/// <summary>The part of the transport an event comes from, by Exchange's sources (TR-1).</summary>
public enum TrackingSource
{
    /// <summary>The Pickup directory.</summary>
    Pickup,

    /// <summary>The Replay directory.</summary>
    Replay,

    /// <summary>Application code, or a connector.</summary>
    Gateway,

    /// <summary>The choice of the connector.</summary>
    Routing,

    /// <summary>Reports to senders.</summary>
    Dsn,

    /// <summary>The queue: the time of a message ran out.</summary>
    Queue,

    /// <summary>A person, by way of the queue's management.</summary>
    Admin,

    /// <summary>A delivery agent.</summary>
    Agent,

    /// <summary>SMTP.</summary>
    Smtp,
}

/// <summary>One event in the life of a message. What is not known stays null or empty.</summary>
public sealed record TrackingEvent
{
    /// <summary>What happened.</summary>
    public required TrackingEventKind Kind { get; init; }

    /// <summary>Where.</summary>
    public required TrackingSource Source { get; init; }

    /// <summary>The submission; null for a file that was never accepted.</summary>
    public SubmissionId? Id { get; init; }

    /// <summary>The envelope sender; empty is the null sender; null when not known.</summary>
    public string? Sender { get; init; }

    /// <summary>The recipients it is about; with their status where there is one.</summary>
    public ImmutableArray<RecipientOutcome> Outcomes { get; init; } = [];

    /// <summary>The recipients of an event that has no outcomes, for example <see cref="TrackingEventKind.Receive"/>.</summary>
    public ImmutableArray<EnvelopeRecipient> Recipients { get; init; } = [];

    /// <summary>For <see cref="TrackingEventKind.Fail"/> where a message comes in: other recipients of it were accepted.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The connector.</summary>
    public string? Connector { get; init; }

    /// <summary>
    /// The message; its header is where Message-ID comes from, and its length is the size. For <see cref="TrackingEventKind.Dsn"/> the
    /// report. Valid during the call.
    /// </summary>
    public MessageContent? Content { get; init; }

    /// <summary>For <see cref="TrackingEventKind.Dsn"/>, the Message-ID of the message the report is about; null when that has
    /// none.</summary>
    public string? Reference { get; init; }

    /// <summary>The name of the file in Pickup or Replay, or in the Drop directory.</summary>
    public string? FileName { get; init; }

    /// <summary>The broken rule and the reason, or what else an administrator should know. May name addresses.</summary>
    public string? Detail { get; init; }

    /// <summary>For an outcome of a connector: the time since the message was accepted.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How long the work took: from the claim or the call until acceptance, or one delivery attempt.</summary>
    public TimeSpan? Duration { get; init; }
}
