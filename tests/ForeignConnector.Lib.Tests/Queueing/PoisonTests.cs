using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>ND-4: what kills the process is set aside, and nothing else is.</summary>
public class PoisonTests
{
    private static readonly TimeSpan QuietMinute = TimeSpan.FromMinutes(1);

    private readonly QueueBench _bench = new();
    private readonly TaskCompletionSource<DeliveryReport> _never = new();

    [Fact(DisplayName = "ND-4: what a process works on alone when it dies, after a quiet minute, is set aside with its reason after the second time")]
    public async Task Sets_poison_aside()
    {
        await _bench.AcceptDeadlyAsync(_never);
        // Merely in hand.
        await _bench.DieAsync(underWay: 1);
        await DieAloneAsync();
        Assert.Contains("\"crashes\": 1", _bench.Sidecar(), StringComparison.Ordinal);

        await DieAloneAsync();

        Assert.Contains("ND-4", _bench.Read(_bench.PathOf(".poison.txt")), StringComparison.Ordinal);
        Assert.EndsWith(".poison", _bench.PathOf(".poison"), StringComparison.Ordinal);
        Assert.Equal(0, _bench.Queue.Count);
        var poison = _bench.Trail.Events[^1];
        Assert.Equal((TrackingEventKind.PoisonMessage, "sender@contoso.com", "one@a.test"), (poison.Kind, poison.Sender, poison.Recipients.Single().Address));
        Assert.Equal("Subject: s\r\n\r\nbody\r\n".Length, poison.Content!.Length);
        Assert.Contains(_bench.Logs.GetSnapshot(), record => record.Message.Contains("poison", StringComparison.Ordinal));
        Assert.DoesNotContain(_bench.Files.Now.Files, file => file.Path.Contains("in-flight", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "ND-4: however often a process is killed with messages in hand, none is set aside, and in the end all are delivered")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Spares_what_was_merely_in_hand(int underWay)
    {
        var a = _bench.Connect("a", maxConcurrent: underWay);
        for (var i = 0; i < underWay; i++)
            await _bench.AcceptAsync($"{i}@a.test");
        a.Script = (_, _) => new(_never.Task);
        for (var kill = 0; kill < 12; kill++)
        {
            // Suspects come one at a time.
            _ = _bench.ProcessAsync();
            await _bench.LoadAsync();
        }

        a.Deliver();
        await _bench.ProcessAsync();

        Assert.Empty(_bench.QueueFiles);
    }

    [Fact(DisplayName = "ND-4: a death while two messages are in hand, whoever delivers them, is nobody's own")]
    public async Task Blames_nobody_in_company()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        _bench.Connect("b").Script = (_, _) => new(_never.Task);
        for (var i = 0; i < 6; i++)
        {
            _bench.Time.Advance(QuietMinute);
            await _bench.AcceptAsync($"{i}@b.test");
            _ = _bench.ProcessAsync();
            await _bench.LoadAsync();
        }

        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".poison", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: what begins beside a suspect takes the blame from it")]
    public async Task Stops_blaming_when_something_else_begins()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        _bench.Time.Advance(QuietMinute);
        _ = _bench.ProcessAsync();
        await _bench.AcceptAsync("one@nowhere.test");
        // Routing is work as well.
        await _bench.Rerouter.RerouteAsync(CancellationToken.None);

        await _bench.LoadAsync();

        Assert.DoesNotContain("crashes", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-4: a system that hangs is no crash: after a minute of one attempt a death counts no more")]
    public async Task Blames_nobody_for_a_system_that_hangs()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        for (var i = 0; i < 4; i++)
        {
            _bench.Time.Advance(QuietMinute);
            _ = _bench.ProcessAsync();
            _bench.Time.Advance(QuietMinute);
            await _bench.LoadAsync();
        }

        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".poison", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: suspects come when the others have gone, one at a time; nobody waits for them, at no connector")]
    public async Task Lets_suspects_come_last()
    {
        var (a, b) = (_bench.Connect("a", maxConcurrent: 4), _bench.Connect("b"));
        a.Script = (_, _) => new(_never.Task);
        for (var i = 0; i < 3; i++)
            await _bench.AcceptAsync($"suspect{i}@a.test");
        await _bench.DieAsync(underWay: 3);
        a.Script = (request, _) => IsSuspect(request) ? new(_never.Task) : new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        await _bench.AcceptAsync("one@a.test", "one@b.test");
        await _bench.AcceptAsync("two@a.test");

        _ = _bench.ProcessAsync();

        Assert.Equal(["one@a.test", "two@a.test", "suspect0@a.test"], a.Attempts.Skip(3));
        Assert.Single(b.Deliveries);

        static bool IsSuspect(DeliveryRequest request) => request.Envelope.Recipients[0].Address.StartsWith("suspect", StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-4: the first time a suspect is tried as soon as the others have gone; nobody waits a minute because a host was killed")]
    public async Task Tries_at_once()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        _bench.Connectors["a"].Deliver();
        using var stop = new CancellationTokenSource();
        var running = _bench.Processor.RunAsync(stop.Token);

        await Wait.UntilAsync(() => _bench.Queue.Count == 0);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(DisplayName = "ND-4: in a loop what was in hand at a second death waits until the process has run for a quiet minute")]
    public async Task Waits_for_a_quiet_minute()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        _bench.Connectors["a"].Script = (_, _) => new(_never.Task);
        await _bench.DieAsync(underWay: 1);
        _bench.Connectors["a"].Deliver();
        using var stop = new CancellationTokenSource();
        var running = _bench.Processor.RunAsync(stop.Token);
        await _bench.Time.WhenAsleepAsync();
        Assert.Equal(2, _bench.Connectors["a"].Deliveries.Count);

        _bench.Time.Advance(QuietMinute);
        await Wait.UntilAsync(() => _bench.Queue.Count == 0);

        Assert.Equal(3, _bench.Connectors["a"].Deliveries.Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(DisplayName = "ND-4: a suspect that was not tried before the next death is suspect still")]
    public async Task Remembers_suspects()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        await _bench.LoadAsync();
        await _bench.LoadAsync();

        Assert.NotNull(_bench.Queue.NextSuspect("a"));
        Assert.Null(_bench.Queue.NextDue("a"));
    }

    [Fact(DisplayName = "ND-4: released by giving it its name back, it is tried anew")]
    public async Task Can_be_released()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        await DieAloneAsync();
        await DieAloneAsync();
        var poison = _bench.PathOf(".poison");
        _bench.Files.File.Move(poison, poison.Replace(".poison", ".eml", StringComparison.Ordinal));
        _bench.Connectors["a"].Deliver();

        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(0, _bench.Queue.Count);
        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".eml", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: an attempt that ends, well or not, clears the message of suspicion")]
    public async Task Forgets_crashes_after_an_attempt()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        await DieAloneAsync();
        _bench.Connectors["a"].Defer();

        await _bench.ProcessAsync();

        Assert.DoesNotContain("crashes", _bench.Sidecar(), StringComparison.Ordinal);
        Assert.Null(_bench.Queue.NextSuspect("a"));
        // The next look forgets what dead processes left.
        await _bench.Queue.LoadAsync(CancellationToken.None);
        await _bench.LoadAsync();
        Assert.Null(_bench.Queue.NextSuspect("a"));
    }

    [Theory(DisplayName = "ND-4: an I/O failure is no crash, and a crash that cannot be counted now is counted later")]
    [InlineData("EIO")]
    [InlineData("ENOSPC")]
    [InlineData("EACCES")]
    public async Task Counts_a_crash_when_it_can(string error)
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        _bench.Time.Advance(QuietMinute);
        _ = _bench.ProcessAsync();
        _bench.Restart();
        _bench.Faults.FailWhile(operation => operation.Contains(".json.", StringComparison.Ordinal) ? DiskErrors.ByName(error, "sidecar") : null);
        await _bench.Queue.LoadAsync(CancellationToken.None);
        Assert.NotNull(_bench.Queue.NextSuspect("a"));
        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".json", StringComparison.Ordinal));
        _bench.Faults.FailWhile(_ => null);

        await _bench.Queue.LoadAsync(CancellationToken.None);

        Assert.Contains("\"crashes\": 1", _bench.Sidecar(), StringComparison.Ordinal);
        await _bench.Queue.LoadAsync(CancellationToken.None);
        Assert.Contains("\"crashes\": 1", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-4: a process that ends in order leaves no journal, and blames nobody")]
    public async Task Leaves_no_journal()
    {
        _bench.Connect("a").Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        ((IDisposable)_bench.Store).Dispose();

        Assert.DoesNotContain(_bench.Files.Now.Files, file => file.Path.Contains("in-flight", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: the journal of a process that lives is left alone")]
    public async Task Respects_the_living()
    {
        await _bench.AcceptDeadlyAsync(_never);
        _ = _bench.ProcessAsync();

        // Another process that shares the directory.
        var store = _bench.OpenStore();
        using var disk = (IDisposable)store;
        var other = _bench.OpenQueue(store);
        await other.LoadAsync(CancellationToken.None);

        Assert.Contains(_bench.Files.Now.Files, file => file.Path.Contains("in-flight", StringComparison.Ordinal));
        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".json", StringComparison.Ordinal));
        Assert.Null(other.NextSuspect("a"));
    }

    private async Task DieAloneAsync()
    {
        _bench.Time.Advance(QuietMinute);
        await _bench.DieAsync(underWay: 1);
    }
}
