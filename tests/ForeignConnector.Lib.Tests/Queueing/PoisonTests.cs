using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>ND-4: what kills the process is set aside.</summary>
public class PoisonTests
{
    private readonly QueueBench _bench = new();
    private readonly TaskCompletionSource<DeliveryReport> _never = new();

    [Fact(DisplayName = "ND-4: what a process worked on when it died is worked on alone, and set aside with its reason after the second time")]
    public async Task Sets_poison_aside()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        Assert.Contains("\"crashes\": 1", _bench.Sidecar(), StringComparison.Ordinal);

        await _bench.DieAsync(underWay: 1);

        Assert.Contains("ND-4", _bench.Read(_bench.PathOf(".poison.txt")), StringComparison.Ordinal);
        Assert.EndsWith(".poison", _bench.PathOf(".poison"), StringComparison.Ordinal);
        Assert.Equal(0, _bench.Queue.Count);
        var poison = _bench.Trail.Events[^1];
        Assert.Equal((TrackingEventKind.PoisonMessage, "sender@contoso.com", "one@a.test"), (poison.Kind, poison.Sender, poison.Recipients.Single().Address));
        Assert.Equal("Subject: s\r\n\r\nbody\r\n".Length, poison.Content!.Length);
        Assert.Contains(_bench.Logs.GetSnapshot(), record => record.Message.Contains("poison", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: poison never blocks others, and what was under way beside it is not taken for poison")]
    public async Task Spares_the_innocent()
    {
        var a = _bench.Connect("a", maxConcurrent: 8);
        // All are under way when the process dies of the fourth; the others were slow.
        a.Script = (_, _) => new(_never.Task);
        for (var i = 0; i < 8; i++)
            await _bench.AcceptAsync($"{i}@a.test");
        await _bench.DieAsync(underWay: 8);
        a.Script = (request, _) => IsDeadly(request) ? new(_never.Task) : new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        // It dies again, at the latest when it comes to the deadly one.
        _ = _bench.ProcessAsync();
        await _bench.LoadAsync();

        await _bench.ProcessAsync();

        Assert.Equal(0, _bench.Queue.Count);
        Assert.EndsWith(".poison", _bench.PathOf(".poison"), StringComparison.Ordinal);
        Assert.Equal(["0@a.test", "1@a.test", "2@a.test", "4@a.test", "5@a.test", "6@a.test", "7@a.test"], a.Attempts.Skip(8).Except(["3@a.test"]).Order(StringComparer.Ordinal));

        static bool IsDeadly(DeliveryRequest request) => request.Envelope.Recipients[0].Address == "3@a.test";
    }

    [Fact(DisplayName = "ND-4: released by giving it its name back, it is tried anew")]
    public async Task Can_be_released()
    {
        await _bench.AcceptDeadlyAsync(_never);
        await _bench.DieAsync(underWay: 1);
        await _bench.DieAsync(underWay: 1);
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
        _bench.Connectors["a"].Defer();

        await _bench.ProcessAsync();

        Assert.DoesNotContain("crashes", _bench.Sidecar(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-4: a process that ends in order leaves no journal, and blames nobody")]
    public async Task Leaves_no_journal()
    {
        _bench.Connect("a").Defer();
        await _bench.AcceptAsync("one@a.test");
        await _bench.ProcessAsync();

        _bench.Queue.Dispose();

        Assert.DoesNotContain(_bench.Files.Now.Files, file => file.Path.Contains("in-flight", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "ND-4: the journal of a process that lives is left alone")]
    public async Task Respects_the_living()
    {
        await _bench.AcceptDeadlyAsync(_never);
        _ = _bench.ProcessAsync();

        // Another process that shares the directory.
        using var other = _bench.OpenQueue();
        await other.LoadAsync(CancellationToken.None);

        Assert.Contains(_bench.Files.Now.Files, file => file.Path.Contains("in-flight", StringComparison.Ordinal));
        Assert.DoesNotContain(_bench.QueueFiles, path => path.EndsWith(".json", StringComparison.Ordinal));
    }
}
