using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Delivery.Agents;

/// <summary>
/// Hands messages to one system over connections (DA-1). The transport opens a connection when a message is due, gives it messages one at a
/// time, and closes it. Results are data: outcomes of recipients, and verdicts about the whole queue.
/// </summary>
/// <remarks>
/// Use it through a <see cref="DeliveryAgentConnector"/>. An agent that is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is
/// disposed when its connector leaves the configuration, after its last connection was closed (CN-4). Thread-safe: connections are opened
/// side by side.
/// </remarks>
public interface IDeliveryAgent
{
    /// <summary>See <see cref="IForeignConnector.MaxRecipientsPerDelivery"/>.</summary>
    /// <value>Default: any number.</value>
    int MaxRecipientsPerDelivery => int.MaxValue;

    /// <summary>Opens a connection for a message that is due. Takes nothing over.</summary>
    /// <param name="context">For whom.</param>
    /// <param name="cancellationToken">Ends with the connector's DeliveryTimeout (RY-2), or when the transport stops.</param>
    /// <returns>A connection, or why there is none. An exception counts as <see cref="QueueVerdict.Defer"/> with 4.3.0 (DA-8).</returns>
    ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken);
}

/// <summary>For whom a connection is opened.</summary>
public sealed class OpenConnectionContext
{
    /// <summary>The name of the connector in the configuration.</summary>
    public required string ConnectorName { get; init; }

    /// <summary>The first address space of the connector, without cost (QU-2).</summary>
    public required string NextHopDomain { get; init; }

    /// <summary>The message that waits. Its content is valid during the call.</summary>
    public required DeliveryRequest Message { get; init; }
}

/// <summary>A connection, or why there is none. Immutable.</summary>
public sealed class OpenConnectionResult
{
    private OpenConnectionResult(IDeliveryConnection? connection, QueueVerdict? verdict) => (Connection, Verdict) = (connection, verdict);

    /// <summary>The connection; null when there is none.</summary>
    public IDeliveryConnection? Connection { get; }

    /// <summary>Why there is none; null when there is one.</summary>
    public QueueVerdict? Verdict { get; }

    /// <summary>The connection is open.</summary>
    public static OpenConnectionResult Opened(IDeliveryConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new(connection, null);
    }

    /// <summary>The queue goes to Retry; see <see cref="QueueVerdict.Defer"/>.</summary>
    public static OpenConnectionResult DeferQueue(SmtpResponse response, TimeSpan? retryInterval = null) =>
        new(null, QueueVerdict.Defer(response, retryInterval));

    /// <summary>There is no connection, for a reason that concerns everything that waits.</summary>
    public static OpenConnectionResult Refused(QueueVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new(null, verdict);
    }

    /// <summary>Everything that is due fails; see <see cref="QueueVerdict.Fail"/>.</summary>
    public static OpenConnectionResult FailQueue(SmtpResponse response) => new(null, QueueVerdict.Fail(response));
}

/// <summary>
/// An open connection to the system behind a delivery agent. One caller at a time uses it (DA-3); it is closed exactly once (DA-9).
/// </summary>
public interface IDeliveryConnection
{
    /// <summary>The host at the other end.</summary>
    /// <value>Null where the protocol has none.</value>
    string? RemoteHost { get; }

    /// <summary>Asked before another message goes over a connection that has waited: whether it still works.</summary>
    /// <returns>False closes the connection and opens another one. Default true. An exception counts as false.</returns>
    ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <summary>Delivers one message.</summary>
    /// <param name="request">The message; its content is valid during the call.</param>
    /// <param name="cancellationToken">Ends with the connector's DeliveryTimeout (RY-2), or when the transport stops.</param>
    /// <returns>
    /// One outcome per recipient, and a verdict where there is one; recipients without an outcome are deferred with 4.4.0. An exception
    /// defers them with 4.3.0, and closes the connection (DA-8).
    /// </returns>
    ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken);

    /// <summary>Closes the connection and releases what it holds. Nothing follows, whatever comes of it.</summary>
    /// <param name="cancellationToken">Ends after 10 seconds: the connection is then to be dropped at once.</param>
    /// <returns>The last response of the other end; null where there is none.</returns>
    ValueTask<string?> CloseAsync(CancellationToken cancellationToken);
}
