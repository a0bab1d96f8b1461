using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>
/// A transport that lives through whatever a test does to it, and what must hold of every recipient meanwhile: it is watched where it meets the world, at the connectors and at the
/// reports.
/// </summary>
internal sealed class QueueModel
{
    public static readonly string[] Names = ["a", "b", "c"];

    private readonly QueueBench _bench;
    private readonly bool _isInMemory;
    private readonly Random _random;
    private readonly Dictionary<string, DateTimeOffset> _accepted = [];
    private readonly Dictionary<string, List<string>> _outcomes = [];
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<string, long> _acceptedAt = [];
    private readonly HashSet<string> _tried = [];
    private readonly List<string> _violations = [];
    private int _messages;
    private bool _isReportBroken;
    // Flows with what the dying process goes on with, on whatever thread.
    private readonly AsyncLocal<Death?> _death = new();

    public QueueModel(int seed, bool isInMemory)
    {
        (_bench, _isInMemory) = (new QueueBench(isInMemory), isInMemory);
        _random = new Random(seed);
        _bench.Reports.Script = Report;
        foreach (var name in Names)
            _bench.Connectors[name] = new AnsweringConnector { MaxConcurrentDeliveries = 1 + _random.Next(3), Script = Deliver };
        Configure();
    }

    /// <summary>Something happens: mail, time, another configuration, a death.</summary>
    public async Task StepAsync()
    {
        switch (_random.Next(10))
        {
            case 0 or 1 or 2:
                await AcceptAsync();
                break;
            case 3:
                Configure();
                await RerouteAsync();
                break;
            case 4:
                var death = new Death();
                _death.Value = death;
                _ = _bench.ProcessAsync();
                _death.Value = null;
                death.IsOver = true;
                await _bench.LoadAsync();
                _tried.Clear();
                break;
            case 5:
                // Back by up to a day, or ahead by up to an hour.
                _bench.Time.AdjustTime(_bench.Time.GetUtcNow() - TimeSpan.FromHours(_random.Next(-1, 24)));
                await _bench.Store.LimitDueAsync(_bench.Time.GetUtcNow() + _bench.Options.MessageRetryInterval, CancellationToken.None);
                break;
            case 6:
                _isReportBroken = !_isReportBroken;
                break;
            default:
                await _bench.ProcessAfterAsync(TimeSpan.FromMinutes(_random.Next(120)));
                break;
        }
    }

    // In a third of the cases the disk breaks at some step of a move, also of one between connectors that stay; then it is well again, or the process dies.
    private async Task RerouteAsync()
    {
        var left = _random.Next(3) == 0 ? _random.Next(20) : int.MaxValue;
        _bench.FailWhile(operation => (_isInMemory || IsOfMove(operation)) && left-- <= 0 ? DiskErrors.ByName("EIO", "broken") : null);
        var wasBroken = _isReportBroken;
        // A report that could not be noted is made again after a death.
        _isReportBroken |= left < int.MaxValue;
        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        foreach (var name in Names)
            await _bench.Rerouter.RerouteAsync(name, CancellationToken.None);
        _isReportBroken = wasBroken;
        _bench.FailWhile(_ => null);
        if (left >= 0)
            return;
        if (_random.Next(2) == 0)
        {
            _bench.Restart();
            _tried.Clear();
        }
        await _bench.Queue.LoadAsync(CancellationToken.None);
        Check(!_bench.QueueFiles.Any(path => path.EndsWith(".moving", StringComparison.Ordinal)), "a move is open");
    }

    private static bool IsOfMove(string operation) =>
        operation.Contains(".moving", StringComparison.Ordinal) || operation.Contains(".eml", StringComparison.Ordinal) || operation.StartsWith("fsync", StringComparison.Ordinal);

    /// <summary>The world is well, and time passes: everything must come to an end, and each recipient to exactly one.</summary>
    public async Task EndAsync()
    {
        _isReportBroken = false;
        await ReleasePoisonAsync();
        // Days more when the clock was set back: what is accepted later counts as accepted later.
        for (var i = 0; i < 200 && _bench.Queue.Count > 0; i++)
        {
            await _bench.ProcessAfterAsync(TimeSpan.FromHours(12));
            await _bench.Rerouter.RerouteStrandedAsync(CancellationToken.None);
        }
        Assert.Equal([], _violations);
        Assert.Equal(0, _bench.Queue.Count);
        foreach (var recipient in _accepted.Keys)
        {
            var end = _outcomes.GetValueOrDefault(recipient, []);
            Assert.True(end.Count == 1, $"{recipient} ended as {string.Join(", ", end)}");
            Assert.True(end[0] is "delivered" || _told.Contains($"{(end[0] == "failed" ? "Failed" : "Relayed")} {recipient}"), $"{recipient} {end[0]}, and nobody was told");
        }
        Assert.DoesNotContain(_bench.QueueFiles, path => !path.EndsWith(".json", StringComparison.Ordinal));
    }

    // The process died with it as often as allowed (ND-4); an administrator knows that the message was not the cause.
    private async Task ReleasePoisonAsync()
    {
        var manager = _bench.Manager;
        foreach (var poison in await manager.ListAsync(new QueueFilter { Status = QueuedMessageStatus.Poison }, CancellationToken.None).ToListAsync())
            Assert.Equal(QueueActionResult.Done, await manager.ReleaseAsync(poison.Id, CancellationToken.None));
        await _bench.Queue.LoadAsync(CancellationToken.None);
    }

    // What is thrown at a connector or at a report is that party's own trouble.
    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            _violations.Add(otherwise);
    }

    private async Task AcceptAsync()
    {
        var recipients = Enumerable.Range(0, 1 + _random.Next(4)).Select(i => $"m{_messages}r{i}@{"abcx"[_random.Next(4)]}.test").ToArray();
        _messages++;
        var item = await _bench.AcceptAsync(recipients);
        foreach (var recipient in recipients)
            (_accepted[recipient], _acceptedAt[recipient]) = (item.Id.AcceptedAt, _bench.Time.GetTimestamp());
    }

    private void Configure()
    {
        var some = Names.Where(_ => _random.Next(3) > 0).ToArray();
        // What waited for want of a connector is tried once by the one it gets (ND-8).
        _tried.Clear();
        _bench.Configure(some, rest: some.Length > 0 && _random.Next(2) == 0 ? some[0] : null);
    }

    private ValueTask<DeliveryReport> Deliver(DeliveryRequest request, CancellationToken cancellationToken)
    {
        foreach (var recipient in request.Envelope.Recipients)
        {
            Check(_tried.Add(recipient.Address) || !IsOld(recipient.Address), $"{recipient.Address} was tried again after its time");
            Check(!_outcomes.ContainsKey(recipient.Address), $"{recipient.Address} was tried after it had {string.Join(", ", _outcomes.GetValueOrDefault(recipient.Address, []))}");
        }
        // Nothing reached the world before the process died.
        if (_death.Value is not null)
            return new(new TaskCompletionSource<DeliveryReport>().Task);
        if (_random.Next(8) == 0)
            throw new InvalidOperationException("broken");
        return new(DeliveryReport.ForAll(request, Outcome));
    }

    // By the clock and by the time that went by (SE-4).
    private bool IsOld(string address) => _bench.Time.GetUtcNow() >= _accepted[address] + _bench.Options.MessageExpirationTimeout
        && _bench.Time.GetElapsedTime(_acceptedAt[address]) >= _bench.Options.MessageExpirationTimeout;

    private RecipientOutcome Outcome(EnvelopeRecipient recipient)
    {
        switch (_random.Next(5))
        {
            case 0:
                End(recipient.Address, "delivered");
                return RecipientOutcome.Delivered(recipient);
            case 1:
                End(recipient.Address, "relayed");
                return RecipientOutcome.Relayed(recipient);
            case 2:
                End(recipient.Address, "failed");
                return RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector);
            default:
                return RecipientOutcome.Deferred(recipient, DeliveryStatus.DestinationFull);
        }
    }

    private SenderReportResult Report(SenderReport report)
    {
        if (_isReportBroken || _death.Value is { IsOver: true })
            throw new IOException("full");
        foreach (var address in report.Outcomes.Select(outcome => outcome.Recipient.Address))
        {
            // A delay may be told once for each queue that the recipient waited in.
            Check(_told.Add($"{report.Kind} {address}") || report.Kind == SenderReportKind.Delayed, $"{address} was reported as {report.Kind} twice");
            if (report.Kind == SenderReportKind.Failed && !_outcomes.ContainsKey(address))
                End(address, "failed");
            Check(report.Kind == SenderReportKind.Delayed || _outcomes[address] is [var end] && end.Equals($"{report.Kind}", StringComparison.OrdinalIgnoreCase), $"{address} was reported as {report.Kind}");
        }
        return SenderReportResult.Accepted;
    }

    private void End(string address, string how)
    {
        if (!_outcomes.TryGetValue(address, out var ends))
            _outcomes[address] = ends = [];
        ends.Add(how);
    }

    /// <summary>The end of a process: what it delivers reaches nobody, and what it still does when it is over reaches nobody either.</summary>
    private sealed class Death
    {
        public volatile bool IsOver;
    }
}
