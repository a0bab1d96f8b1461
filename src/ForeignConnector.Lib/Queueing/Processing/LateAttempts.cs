using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Attempts that were given up and may end all the same (RY-2). While one runs, its message is not tried again; when it delivered in the
/// end, that is the answer to the next attempt. Forgotten when the process ends: then the message is tried again. Thread-safe.
/// </summary>
internal sealed class LateAttempts
{
    // Of those that ended; what comes on top is tried again.
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DeliveryRequest Request, Task<DeliveryReport> Completion)> _late = new(StringComparer.Ordinal);

    public void Add(string deliveryId, DeliveryRequest request, Task<DeliveryReport> completion)
    {
        lock (_gate)
        {
            if (_late.Count >= Most)
            {
                foreach (var (id, _) in _late.Where(late => late.Value.Completion.IsCompleted).ToArray())
                    _late.Remove(id);
            }
            _late[deliveryId] = (request, completion);
        }
        _ = ForgetVainAsync(deliveryId, completion);
    }

    /// <summary>True when an attempt with this message runs still.</summary>
    public bool IsRunning(string deliveryId)
    {
        lock (_gate)
            return _late.TryGetValue(deliveryId, out var late) && !late.Completion.IsCompleted;
    }

    /// <summary>What an attempt delivered after it was given up, and what it was asked; told once. Null when there is nothing.</summary>
    public (DeliveryRequest Request, DeliveryReport Report)? Take(string deliveryId)
    {
        lock (_gate)
            return _late.TryGetValue(deliveryId, out var late) && late.Completion.IsCompletedSuccessfully
                && _late.Remove(deliveryId) ? (late.Request, late.Completion.Result) : null;
    }

    // An answer that settles nobody is none.
    private async Task ForgetVainAsync(string deliveryId, Task<DeliveryReport> completion)
    {
        await ((Task)completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (_late.GetValueOrDefault(deliveryId).Completion == completion
                && !(completion.IsCompletedSuccessfully && Settles(completion.Result)))
                _late.Remove(deliveryId);
        }
    }

    private static bool Settles(DeliveryReport? report) =>
        report is not null && report.Outcomes.Any(outcome => outcome.Action is not RecipientAction.Deferred);
}
