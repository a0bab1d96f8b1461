using System.Net.Sockets;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Smtp.Dialogue;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>A connection to a smart host, behind greeting and login.</summary>
internal sealed class SmtpConnection(SmtpWire wire, Socket socket, ServerFeatures features, string host, TimeProvider time)
    : IDeliveryConnection
{
    // One that was used just now need not be asked: whether it was closed is seen without a question.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SmtpTransaction _transaction = new(wire, features);
    private long _lastUse = time.GetTimestamp();
    private bool _isBroken;

    public string? RemoteHost => host;

    public async ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        // What comes without a question is a farewell (421), or the end.
        if (_isBroken || socket.Poll(0, SelectMode.SelectRead))
            return false;
        return time.GetElapsedTime(_lastUse) < Fresh || (await wire.AskAsync("NOOP", cancellationToken).ConfigureAwait(false)).IsPositive;
    }

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var message = await OutgoingMessage.ForAsync(request, features, cancellationToken).ConfigureAwait(false);
        var outcomes = new SmtpOutcomes(request, host, features.Dsn);
        outcomes.Add(message.Failed);
        var isComplete = false;
        try
        {
            var left = message.Recipients;
            while (!left.IsEmpty && outcomes.Queue is null)
                left = await _transaction.RunAsync(message, left, outcomes, cancellationToken).ConfigureAwait(false);
            isComplete = true;
        }
        catch (DialogueException e)
        {
            outcomes.BreakOff(e, _transaction.Phase);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && outcomes.HasAny)
        {
            // Those who have the message must not get it again.
        }
        finally
        {
            _isBroken |= !isComplete;
            _lastUse = time.GetTimestamp();
        }
        return outcomes.ToReport();
    }

    public async ValueTask<string?> CloseAsync(CancellationToken cancellationToken)
    {
        await using var _ = wire.ConfigureAwait(false);
        if (_isBroken)
            return null;
        try
        {
            return (await wire.AskAsync("QUIT", cancellationToken).ConfigureAwait(false)).ToString();
        }
        catch (DialogueException)
        {
            // It went without a farewell.
            return null;
        }
    }
}
