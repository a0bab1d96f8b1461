using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests;

/// <summary>A fake clock for a loop: a test sees when the loop sleeps, and moves the clock only then. A loop that has no processor sleeps through nothing.</summary>
public sealed class LoopClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _armed;
    private TimeSpan _shift;

    /// <summary>Sets the clock; the time that goes by, which <see cref="GetTimestamp"/> tells, is not touched.</summary>
    public new void AdjustTime(DateTimeOffset value)
    {
        _shift += value - GetUtcNow();
        base.AdjustTime(value);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => (GetUtcNow() - _shift).UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ArmedTimer(this);
        timer.Begin(base.CreateTimer(_ => timer.Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer runs.</summary>
    public async Task WhenAsleepAsync()
    {
        var start = System.GetTimestamp();
        while (Volatile.Read(ref _armed) == 0)
        {
            Assert.True(System.GetElapsedTime(start) < Patience, "nothing sleeps");
            await Task.Yield();
        }
    }

    private sealed class ArmedTimer(LoopClock clock) : ITimer
    {
        private ITimer? _timer;
        private int _isArmed;
        private int _fired;

        public void Begin(ITimer timer, TimeSpan dueTime, TimeSpan period)
        {
            _timer = timer;
            Change(dueTime, period);
        }

        public void Fire(TimerCallback callback, object? state)
        {
            Interlocked.Increment(ref _fired);
            Arm(false);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            // Armed is what the clock can already move to; and what it moved to meanwhile is not armed any more.
            var fired = Volatile.Read(ref _fired);
            Arm(false);
            var isChanged = _timer!.Change(dueTime, period);
            Arm(dueTime != Timeout.InfiniteTimeSpan);
            if (Volatile.Read(ref _fired) != fired)
                Arm(false);
            return isChanged;
        }

        public void Dispose()
        {
            Arm(false);
            _timer?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(bool isArmed)
        {
            var now = isArmed ? 1 : 0;
            Interlocked.Add(ref clock._armed, now - Interlocked.Exchange(ref _isArmed, now));
        }
    }
}
