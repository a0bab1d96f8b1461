using CsCheck;
using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

public class RetryScheduleTests
{
    [Theory(DisplayName = "RY-1: a connector that fails is tried 4 times after 1 minute, 6 times after 5, then every 10")]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 5)]
    [InlineData(10, 5)]
    [InlineData(11, 10)]
    [InlineData(1000, 10)]
    public void Waits_short_at_first_and_long_later(int failures, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), new RetrySchedule(new QueueProcessorOptions(), new NoJitter(), TimeProvider.System).WaitForConnector(failures));

    [Theory(DisplayName = "RY-1: a count of 0 skips its stage")]
    [InlineData(0, 6, 5)]
    [InlineData(0, 0, 10)]
    [InlineData(1, 0, 1)]
    public void Skips_a_stage(int glitches, int transients, int minutes)
    {
        var options = new QueueProcessorOptions { QueueGlitchRetryCount = glitches, TransientFailureRetryCount = transients };

        Assert.Equal(TimeSpan.FromMinutes(minutes), new RetrySchedule(options, new NoJitter(), TimeProvider.System).WaitForConnector(1));
    }

    [Fact(DisplayName = "RY-1: a message that is deferred for its own sake waits 5 minutes")]
    public void Waits_for_a_message() => Assert.Equal(TimeSpan.FromMinutes(5), new RetrySchedule(new QueueProcessorOptions(), new NoJitter(), TimeProvider.System).WaitForMessage());

    [Fact(DisplayName = "Jitter shortens a wait by up to 5 % and never lengthens it")]
    public void Stays_within_its_bounds() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 86_400], Gen.Int).Sample((failures, seconds, seed) =>
        {
            var interval = TimeSpan.FromSeconds(seconds);
            var schedule = new RetrySchedule(new QueueProcessorOptions { QueueGlitchRetryInterval = interval, MessageRetryInterval = interval }, new Random(seed), TimeProvider.System);
            var (wait, message) = (schedule.WaitForConnector(failures), schedule.WaitForMessage());
            return message <= interval && message >= interval * 0.95 && wait <= interval && wait >= interval * 0.95 && schedule.WaitForOutage() <= schedule.Longest;
        });

    [Fact(DisplayName = "What is deferred together does not come back together")]
    public void Spreads_retries()
    {
        var schedule = new RetrySchedule(new QueueProcessorOptions(), new Random(1), TimeProvider.System);

        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => schedule.WaitForMessage()).Distinct().Count());
    }

    private sealed class NoJitter : Random
    {
        public override double NextDouble() => 0;
    }
}
