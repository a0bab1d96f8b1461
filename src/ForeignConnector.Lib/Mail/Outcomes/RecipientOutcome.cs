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

    /// <summary>Not now; try again later.</summary>
    Deferred,

    /// <summary>Never; trying again cannot help.</summary>
    Failed,
}

/// <summary>The outcome for one recipient, as data (never an exception).</summary>
/// <param name="Recipient">The recipient it is about, equal to the one in the request.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The RFC 3463 code. Its class agrees with <paramref name="Action"/>: 2 delivered or relayed, 4 deferred, 5 failed.
/// The methods that make outcomes see to it.</param>
/// <param name="Text">One sentence that is safe to show to the sender: no paths, no exception text. May be empty.</param>
/// <exception cref="ArgumentNullException">An argument is null.</exception>
public sealed record RecipientOutcome(EnvelopeRecipient Recipient, RecipientAction Action, EnhancedStatusCode Status, string Text)
{
    /// <summary>The recipient it is about, equal to the one in the request.</summary>
    public EnvelopeRecipient Recipient { get; init; } = Recipient ?? throw new ArgumentNullException(nameof(Recipient));

    /// <summary>One sentence that is safe to show to the sender: no paths, no exception text. May be empty.</summary>
    public string Text { get; init; } = Text ?? throw new ArgumentNullException(nameof(Text));

    /// <summary>True when nothing more will be tried: everything but <see cref="RecipientAction.Deferred"/>.</summary>
    public bool IsFinal => Action is not RecipientAction.Deferred;

    /// <summary>The recipient's message was delivered (2.0.0).</summary>
    public static RecipientOutcome Delivered(EnvelopeRecipient recipient) =>
        new(recipient, RecipientAction.Delivered, DeliveryStatus.Delivered.Code, DeliveryStatus.Delivered.Text);

    /// <summary>The recipient's message was handed on to a system that does not report (2.0.0).</summary>
    public static RecipientOutcome Relayed(EnvelopeRecipient recipient) =>
        new(recipient, RecipientAction.Relayed, DeliveryStatus.Relayed.Code, DeliveryStatus.Relayed.Text);

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
            : $"{DeliveryStatus.Expired.Text} The last reason ({last.Status}): {last.Text}");

    /// <summary>Give up.</summary>
    /// <exception cref="ArgumentException">The status is not of class 5.</exception>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static RecipientOutcome Failed(EnvelopeRecipient recipient, EnhancedStatusCode status, string text) =>
        new(recipient, RecipientAction.Failed, OfClass(5, status), text);

    // A report that says 'failed' and '4.3.1' tells its reader both to give up and to wait.
    private static EnhancedStatusCode OfClass(int expected, EnhancedStatusCode status) => status.Class == expected
        ? status
        : throw new ArgumentException(
            $"A status of class {expected} belongs here: {status} says something else to the sender.", nameof(status));
}
