using ForeignConnector.Lib.Queueing;

namespace ForeignConnector.Lib.Tests.Queueing;

public class AloneGateTests
{
    private readonly AloneGate _gate = new();

    [Fact(DisplayName = "Many may be inside; who wants to be alone waits for all of them, and keeps out those who come later")]
    public async Task Waits_to_be_alone()
    {
        await _gate.EnterAsync(alone: false, CancellationToken.None);
        await _gate.EnterAsync(alone: false, CancellationToken.None);
        var alone = _gate.EnterAsync(alone: true, CancellationToken.None).AsTask();
        var later = _gate.EnterAsync(alone: false, CancellationToken.None).AsTask();
        _gate.Leave();
        Assert.False(alone.IsCompleted);

        _gate.Leave();
        await alone;
        Assert.False(later.IsCompleted);

        _gate.Leave();
        await later;
    }

    [Fact(DisplayName = "Who gives up waiting to be alone is in nobody's way")]
    public async Task Forgets_who_gives_up()
    {
        using var stop = new CancellationTokenSource();
        await _gate.EnterAsync(alone: false, CancellationToken.None);
        var alone = _gate.EnterAsync(alone: true, stop.Token).AsTask();
        var later = _gate.EnterAsync(alone: false, CancellationToken.None).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        await later;
        _gate.Leave();
        _gate.Leave();
        await _gate.EnterAsync(alone: true, CancellationToken.None);
    }
}
