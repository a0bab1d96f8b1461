namespace ForeignConnector.Lib.Intake;

/// <summary>
/// The submissions with an idempotency key that this process has seen: a repeated one gets the answer of the first one, also while that is
/// under way. Forgets the oldest beyond ten thousand; those in the queue are known from there. Thread-safe.
/// </summary>
internal sealed class RepeatedSubmissions
{
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Task<AcceptResult>> _known = [];
    private readonly Queue<UInt128> _order = [];

    /// <summary>Submits, unless the same was submitted before.</summary>
    /// <param name="key">The key of the submission.</param>
    /// <param name="submit">Submits it. A failure is not remembered.</param>
    /// <param name="cancellationToken">Ends the wait for a submission that is under way.</param>
    public async ValueTask<AcceptResult> SubmitAsync(UInt128 key, Func<ValueTask<AcceptResult>> submit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new TaskCompletionSource<AcceptResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<AcceptResult>? first;
            lock (_gate)
            {
                if (!_known.TryGetValue(key, out first))
                    _known[key] = mine.Task;
            }
            if (first is null)
                return await SubmitFirstAsync(key, submit, mine).ConfigureAwait(false);
            await ((Task)first).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (first.IsCompletedSuccessfully)
                return await first.ConfigureAwait(false);
        }
    }

    private async ValueTask<AcceptResult> SubmitFirstAsync(
        UInt128 key, Func<ValueTask<AcceptResult>> submit, TaskCompletionSource<AcceptResult> mine)
    {
        try
        {
            var result = await submit().ConfigureAwait(false);
            Remember(key);
            mine.SetResult(result);
            return result;
        }
        catch
        {
            lock (_gate)
                _known.Remove(key);
            // Every waiter tries it himself.
            mine.SetCanceled(CancellationToken.None);
            throw;
        }
    }

    private void Remember(UInt128 key)
    {
        lock (_gate)
        {
            _order.Enqueue(key);
            if (_order.Count > Most)
                _known.Remove(_order.Dequeue());
        }
    }
}
