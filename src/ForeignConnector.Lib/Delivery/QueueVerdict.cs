using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Delivery;

/// <summary>
/// What a delivery agent says about everything that waits for its connector, not about one message (DA-3, DA-6). Immutable.
/// </summary>
public sealed class QueueVerdict
{
    private QueueVerdict(bool isFailure, SmtpResponse response, TimeSpan? retryInterval)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (retryInterval <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(retryInterval), retryInterval, "A retry interval is longer than nothing.");
        (IsFailure, Response, RetryInterval) = (isFailure, response, retryInterval);
    }

    /// <summary>True when everything that is due fails; false when the queue waits.</summary>
    public bool IsFailure { get; }

    /// <summary>Why: of class 4 for a deferral, of class 5 for a failure. One of another class counts as a deferral with 4.3.0.</summary>
    public SmtpResponse Response { get; }

    /// <summary>How long the queue waits until one message is tried again; null is by the retry schedule (RY-1).</summary>
    public TimeSpan? RetryInterval { get; }

    /// <summary>The host that said so: the Remote-MTA of reports.</summary>
    /// <value>Default null: none.</value>
    public string? RemoteHost { get; init; }

    /// <summary>The queue goes to Retry. Recipients of the message in hand that have no outcome are deferred with the response.</summary>
    /// <param name="response">Why, of class 4.</param>
    /// <param name="retryInterval">
    /// How long the queue waits, at most a day; what is longer counts as a day. Null is by the retry schedule (RY-1).
    /// </param>
    /// <param name="remoteHost">The host that said so; null where there is none.</param>
    public static QueueVerdict Defer(SmtpResponse response, TimeSpan? retryInterval = null, string? remoteHost = null) =>
        new(false, response, retryInterval) { RemoteHost = remoteHost };

    /// <summary>
    /// Every message that is due and not held by an administrator fails with the response, and its sender gets a report. Later messages are
    /// tried anew.
    /// </summary>
    /// <param name="response">Why, of class 5.</param>
    /// <param name="remoteHost">The host that said so; null where there is none.</param>
    public static QueueVerdict Fail(SmtpResponse response, string? remoteHost = null) =>
        new(true, response, null) { RemoteHost = remoteHost };

    internal QueueVerdict From(string remoteHost) => new(IsFailure, Response, RetryInterval) { RemoteHost = remoteHost };

    /// <summary>The verdict as it is carried out: a response of the wrong class is the agent's error, and defers with 4.3.0.</summary>
    internal QueueVerdict Checked() => Response.EnhancedStatusCode.Class == (IsFailure ? 5 : 4)
        ? this
        : new(false, SmtpResponse.Of(DeliveryStatus.ConnectorProblem), RetryInterval) { RemoteHost = RemoteHost };

    /// <summary>What a recipient without an outcome of its own gets.</summary>
    internal RecipientOutcome OutcomeFor(EnvelopeRecipient recipient)
    {
        var outcome = IsFailure
            ? RecipientOutcome.Failed(recipient, Response.EnhancedStatusCode, Response.StatusText)
            : RecipientOutcome.Deferred(recipient, Response.EnhancedStatusCode, Response.StatusText);
        return outcome with { Diagnostic = DiagnosticCode.Smtp(Response.ToString()), RemoteHost = RemoteHost };
    }
}
