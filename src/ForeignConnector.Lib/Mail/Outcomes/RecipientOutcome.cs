namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>What became of one recipient. RFC 3464 calls it the action.</summary>
public enum RecipientAction
{
    /// <summary>The message reached the system this connector stands for; a <c>delivered</c> DSN is due if NOTIFY asks for it
    /// (ND-6).</summary>
    Delivered,

    /// <summary>The message was handed to a system that will not report further; a <c>relayed</c> DSN is due if NOTIFY allows it
    /// (DR-8).</summary>
    Relayed,

    /// <summary>
    /// The message lies with a gateway that answers later (GW-2): no attempt follows, no <c>delivered</c> DSN is due yet, and the recipient
    /// does not expire.
    /// </summary>
    HandedOver,

    /// <summary>Not now; try again later.</summary>
    Deferred,

    /// <summary>Never; trying again cannot help.</summary>
    Failed,
}

/// <summary>
/// The outcome for one recipient, as data (never an exception). Made by its static methods, which see to it that the class of the status
/// agrees with the action: 2 delivered, relayed or handed over, 4 deferred, 5 failed. Immutable.
/// </summary>
/// <exception cref="ArgumentNullException">An argument is null.</exception>
public sealed record RecipientOutcome
{
    private RecipientOutcome(EnvelopeRecipient recipient, RecipientAction action, EnhancedStatusCode status, string text)
    {
        Recipient = recipient;
        Action = action;
        Status = status;
        Text = text;
    }

    /// <summary>The recipient it is about, equal to the one in the request.</summary>
    public EnvelopeRecipient Recipient { get; init => field = value ?? throw new ArgumentNullException(nameof(Recipient)); }

    /// <summary>What became of it.</summary>
    public RecipientAction Action { get; }

    /// <summary>The RFC 3463 code.</summary>
    public EnhancedStatusCode Status { get; }

    /// <summary>One sentence that is safe to show to the sender: no paths, no exception text. May be empty.</summary>
    public string Text { get; init => field = value ?? throw new ArgumentNullException(nameof(Text)); }

    /// <summary>What the system behind the connector said in words of its own; a report quotes it (DA-10).</summary>
    /// <value>Default null: a report says <see cref="Text"/>.</value>
    public DiagnosticCode? Diagnostic { get; init; }

    /// <summary>The host that gave the outcome: the Remote-MTA of a report (RFC 3464, 2.3.5).</summary>
    /// <value>Default null: none.</value>
    public string? RemoteHost { get; init => field = value is null ? null : DiagnosticCode.OneLine(value, 255); }

    /// <summary>
    /// For success: true when the sender gets no report of ours about it, because the next system was asked to report (RFC 3461, 5.2.2), or
    /// because nobody asked.
    /// </summary>
    /// <value>Default false: a report is due where NOTIFY or the connector asks for one (ND-6).</value>
    public bool NeedsNoReport { get; init; }

    /// <summary>For a deferral: the time before which another attempt makes no sense (DA-10). UTC.</summary>
    /// <value>Default null: the retry schedule alone decides (RY-1). Later than in a day counts as in a day.</value>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>True when nothing more will happen: neither deferred nor handed over.</summary>
    public bool IsFinal => Action is not (RecipientAction.Deferred or RecipientAction.HandedOver);

    /// <summary>The recipient's message was delivered (2.0.0).</summary>
    public static RecipientOutcome Delivered(EnvelopeRecipient recipient) =>
        new(recipient, RecipientAction.Delivered, DeliveryStatus.Delivered.Code, DeliveryStatus.Delivered.Text);

    /// <summary>The recipient's message was handed on to a system that does not report (2.0.0).</summary>
    public static RecipientOutcome Relayed(EnvelopeRecipient recipient) =>
        new(recipient, RecipientAction.Relayed, DeliveryStatus.Relayed.Code, DeliveryStatus.Relayed.Text);

    /// <summary>The recipient's message lies with a gateway that answers later (2.0.0, GW-2).</summary>
    public static RecipientOutcome HandedOver(EnvelopeRecipient recipient) =>
        new(recipient, RecipientAction.HandedOver, DeliveryStatus.HandedOver.Code, DeliveryStatus.HandedOver.Text);

    /// <summary>Try again later.</summary>
    /// <exception cref="ArgumentException">The status is not of class 4.</exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static RecipientOutcome Deferred(EnvelopeRecipient recipient, EnhancedStatusCode status, string text) =>
        new(recipient, RecipientAction.Deferred, OfClass(4, status), text);

    /// <summary>Try again later, for a cause that the table knows.</summary>
    /// <inheritdoc cref="Deferred(EnvelopeRecipient, EnhancedStatusCode, string)"/>
    public static RecipientOutcome Deferred(EnvelopeRecipient recipient, DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Deferred(recipient, status.Code, status.Text);
    }

    /// <summary>Give up.</summary>
    /// <exception cref="ArgumentException">The status is not of class 5.</exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static RecipientOutcome Failed(EnvelopeRecipient recipient, EnhancedStatusCode status, string text) =>
        new(recipient, RecipientAction.Failed, OfClass(5, status), text);

    /// <summary>Give up, for a cause that the table knows.</summary>
    /// <inheritdoc cref="Failed(EnvelopeRecipient, EnhancedStatusCode, string)"/>
    public static RecipientOutcome Failed(EnvelopeRecipient recipient, DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Failed(recipient, status.Code, status.Text);
    }

    /// <summary>Give up what was deferred until its time was up: says why it was, the last time.</summary>
    internal static RecipientOutcome Expired(RecipientOutcome last) => Failed(
        last.Recipient, DeliveryStatus.Expired.Code,
        string.IsNullOrWhiteSpace(last.Text)
            ? DeliveryStatus.Expired.Text
            : $"{DeliveryStatus.Expired.Text} The last reason ({last.Status}): {last.Text}") with
    { RemoteHost = last.RemoteHost };

    /// <summary>An outcome that was written down. A status that does not agree with the action gives way to the general one of
    /// it.</summary>
    internal static RecipientOutcome Of(EnvelopeRecipient recipient, RecipientAction action, EnhancedStatusCode? status, string text)
    {
        var expected = action switch { RecipientAction.Failed => 5, RecipientAction.Deferred => 4, _ => 2 };
        return new(recipient, action, status is { } code && code.Class == expected ? code : new EnhancedStatusCode(expected, 0, 0), text);
    }

    // A report that says 'failed' and '4.3.1' tells its reader both to give up and to wait.
    private static EnhancedStatusCode OfClass(int expected, EnhancedStatusCode status) => status.Class == expected
        ? status
        : throw new ArgumentException(
            $"A status of class {expected} belongs here: {status} says something else to the sender.", nameof(status));
}
