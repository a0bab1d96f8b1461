using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

public class SingleFlightTests
{
    [Fact(DisplayName = "Whoever is told that the work has ended finds that it can be started again: no wake-up is lost between the two")]
    public async Task Can_be_started_again_when_the_end_is_told()
    {
        var again = new TaskCompletionSource<bool>();
        SingleFlight flight = null!;
        flight = new SingleFlight(() => again.TrySetResult(flight.TryStart(() => Task.CompletedTask)));

        Assert.True(flight.TryStart(() => Task.CompletedTask));

        Assert.True(await again.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact(DisplayName = "Work that is running is not started a second time")]
    public async Task Runs_one_at_a_time()
    {
        var end = new TaskCompletionSource();
        var flight = new SingleFlight(() => { });

        Assert.True(flight.TryStart(() => end.Task));
        Assert.False(flight.TryStart(() => throw new InvalidOperationException("started twice")));

        end.SetResult();
        await flight.Completion;
        Assert.True(flight.TryStart(() => Task.CompletedTask));
    }
}
