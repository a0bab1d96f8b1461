using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>Delivers everything, when it may, and counts; knows when it was disposed.</summary>
internal sealed class CountingConnector : IForeignConnector, IAsyncDisposable
{
    private int _disposals;

    /// <summary>Ends when the first delivery begins.</summary>
    public TaskCompletionSource FirstDelivery { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Deliveries end when this does.</summary>
    public Task May { get; init; } = Task.CompletedTask;

    /// <summary>Ends when it is disposed.</summary>
    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Disposals => Volatile.Read(ref _disposals);

    public List<DeliveryRequest> Requests { get; } = [];

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        lock (Requests)
            Requests.Add(request);
        FirstDelivery.TrySetResult();
        await May.ConfigureAwait(false);
        return DeliveryReport.ForAll(request, RecipientOutcome.Delivered);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
