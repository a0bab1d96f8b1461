using System.Threading.Channels;

namespace ForeignConnector.Lib;

/// <summary>Lets a loop sleep until something happens or a time has passed. Signals that come while nobody waits are kept as one.</summary>
internal sealed class WakeSignal(TimeProvider time)
{
    private readonly Channel<byte> _channel = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop.</summary>
    public void Set() => _channel.Writer.TryWrite(0);

    /// <summary>Waits; true when signalled, false when the time has passed.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> waits for a signal alone.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_channel.Reader.TryRead(out _))
            return true;
        if (timeout == TimeSpan.Zero)
            return false;
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _channel.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
