using ForeignConnector.Lib.Delivery;

namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// One call of a connector, which may hold its thread, ignore its cancellation and never end: nobody who waits for it waits longer than he
/// wants (RY-2).
/// </summary>
internal sealed class DeliveryAttempt
{
    /// <summary>How long one that is under way when the transport stops may take to end: less than hosts wait for their services.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(20);

    private readonly Func<Task> _cancel;
    private readonly CancellationToken _stop;

    private DeliveryAttempt(
        IForeignConnector connector, RoutedRequest request, TaskScheduler scheduler, Action begun, CancellationToken stop)
    {
        // Holds no timer and no handle, so it need not be disposed; who would know when?
        var cancel = new CancellationTokenSource();
        (_cancel, _stop) = (cancel.CancelAsync, stop);
        Completion = Task.Factory.StartNew(
            () => CallAsync(connector,
                request, begun, cancel.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
    }

    /// <summary>Ends when the connector does.</summary>
    public Task<DeliveryReport> Completion { get; }

    /// <summary>Calls the connector.</summary>
    /// <param name="connector">The connector.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="scheduler">Where it runs.</param>
    /// <param name="begun">Called when the connector gave back the thread: the next attempt may begin.</param>
    /// <param name="stop">Cancels it at once; it is waited for a little longer then, because it may have delivered.</param>
    public static DeliveryAttempt Begin(
        IForeignConnector connector, RoutedRequest request, TaskScheduler scheduler, Action begun, CancellationToken stop) =>
        new(connector, request, scheduler, begun, stop);

    /// <summary>Waits for the end.</summary>
    /// <param name="timeout">Until then it is left alone; after that it is cancelled and not waited for.</param>
    /// <param name="time">The clock.</param>
    /// <returns>True when it ended.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time)
    {
        if (Completion.IsCompleted)
            return true;
        using var patience = new CancellationTokenSource(timeout, time);
        using (_stop.UnsafeRegister(_ => patience.CancelAfter(StopGrace), null))
            await ((Task)Completion).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Completion.IsCompleted)
            Cancel();
        return Completion.IsCompleted;
    }

    // What the connector does when it is told is its own affair, and may hang as well.
    private void Cancel() => _ = _cancel();

    private async Task<DeliveryReport> CallAsync(
        IForeignConnector connector, RoutedRequest request, Action begun, CancellationToken cancellationToken)
    {
        using var stopping = _stop.UnsafeRegister(_ => Cancel(), null);
        ValueTask<DeliveryReport> call;
        try
        {
            call = connector.DeliverAsync(request.ForConnector, cancellationToken);
        }
        finally
        {
            begun();
        }
        return request.ForQueue(await call.ConfigureAwait(false));
    }
}
