using CsCheck;
using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests.Queueing;

public class RetryScheduleTests
{
    [Theory(DisplayName = "TransientFailureRetryCount retries wait 5 minutes, the later ones 15")]
    [InlineData(1, 5)]
    [InlineData(2, 5)]
    [InlineData(6, 5)]
    [InlineData(7, 15)]
    [InlineData(8, 15)]
    [InlineData(1000, 15)]
    public void Waits_short_at_first_and_long_later(int attempts, int minutes)
    {
        var wait = new RetrySchedule(new QueueProcessorOptions(), new NoJitter()).Wait(attempts);

        Assert.Equal(TimeSpan.FromMinutes(minutes), wait);
    }

    [Fact(DisplayName = "TransientFailureRetryCount 0: the long interval from the first retry on")]
    public void Has_no_short_waits_when_told_so()
    {
        var schedule = new RetrySchedule(new QueueProcessorOptions { TransientFailureRetryCount = 0 }, new NoJitter());

        Assert.Equal(TimeSpan.FromMinutes(15), schedule.Wait(1));
    }

    [Fact(DisplayName = "Jitter shortens a wait by up to 5 % and never lengthens it")]
    public void Stays_within_its_bounds() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 86_400], Gen.Int).Sample((attempts, seconds, seed) =>
        {
            var interval = TimeSpan.FromSeconds(seconds);
            var schedule = new RetrySchedule(new QueueProcessorOptions { TransientFailureRetryInterval = interval, MessageRetryInterval = interval }, new Random(seed));
            var wait = schedule.Wait(attempts);
            return wait <= interval && wait >= interval * 0.95 && schedule.WaitForOutage() <= schedule.Longest;
        });

    [Fact(DisplayName = "What is deferred together does not come back together")]
    public void Spreads_retries()
    {
        var schedule = new RetrySchedule(new QueueProcessorOptions(), new Random(1));

        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => schedule.Wait(1)).Distinct().Count());
    }

    private sealed class NoJitter : Random
    {
        public override double NextDouble() => 0;
    }
}
