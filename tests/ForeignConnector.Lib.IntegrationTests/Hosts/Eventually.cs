using System.Diagnostics;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Waits for other processes: until a condition holds, or a deadline has passed.</summary>
internal static class Eventually
{
    // Far more than anything takes on a busy machine: it bounds a failure, it does not measure.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails with what was waited for.</summary>
    public static async Task TrueAsync(string what, Func<bool> condition, TimeSpan? within = null)
    {
        var deadline = within ?? Deadline;
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Interval);
        while (!condition())
        {
            Assert.True(clock.Elapsed < deadline, $"not within {deadline.TotalSeconds} s: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Does something again and again for a time.</summary>
    public static async Task RepeatAsync(TimeSpan duration, TimeSpan interval, Action action)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(interval);
        while (clock.Elapsed < duration)
        {
            action();
            await timer.WaitForNextTickAsync();
        }
    }
}
