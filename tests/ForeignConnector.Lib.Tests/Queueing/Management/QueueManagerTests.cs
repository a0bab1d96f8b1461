using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing.Management;

namespace ForeignConnector.Lib.Tests.Queueing.Management;

/// <summary>What an administrator does to the queue, and what the transport that delivers from it makes of that.</summary>
public sealed class QueueManagerTests
{
    private readonly QueueBench _bench = new();
    private readonly AnsweringConnector _fax;

    public QueueManagerTests()
    {
        _fax = _bench.Connect("fax");
    }

    private QueueManager Manager => _bench.Manager;

    [Fact]
    public async Task Lists_what_each_message_waits_for()
    {
        _fax.Defer();
        await _bench.AcceptAsync("late@fax.test");
        await _bench.ProcessAsync();
        await _bench.AcceptAsync("new@fax.test");
        await _bench.AcceptAsync("lost@nowhere.test");

        var messages = await ListAsync();

        Assert.Equal(
            ["lost@nowhere.test Unreachable 0 Deferred 4.4.4", "late@fax.test Retry 1 Deferred 4.3.2", "new@fax.test Ready 0 "],
            messages.Select(m => FormattableString.Invariant($"{m.Recipients[0].Address} {m.Status} {m.Attempts} {m.Recipients[0].Action} {m.Recipients[0].Status}").Replace("  ", " ", StringComparison.Ordinal)));
        Assert.All(messages, message => Assert.Equal("sender@contoso.com", message.Sender));
        Assert.Equal($"4.4.4 {DeliveryStatus.Unreachable.Text}", messages[0].Reason);
    }

    [Fact]
    public async Task Filters_by_connector_status_age_and_recipient()
    {
        await _bench.AcceptAsync("old@fax.test");
        _bench.Time.Advance(TimeSpan.FromHours(2));
        await _bench.AcceptAsync("young@fax.test");
        await _bench.AcceptAsync("lost@nowhere.test");

        Assert.Equal(["lost@nowhere.test"], await ListAsync(new QueueFilter { Connector = "" }));
        Assert.Equal(["old@fax.test", "young@fax.test"], await ListAsync(new QueueFilter { Connector = "FAX" }));
        Assert.Equal(["lost@nowhere.test"], await ListAsync(new QueueFilter { Status = QueuedMessageStatus.Unreachable }));
        Assert.Equal(["old@fax.test"], await ListAsync(new QueueFilter { MinimumAge = TimeSpan.FromHours(1) }));
        Assert.Equal(["young@fax.test"], await ListAsync(new QueueFilter { Recipient = "YOUNG@" }));
    }

    [Theory(DisplayName = "Issue 5: a recipient of another system is found by every name it is known by")]
    [InlineData("IMCEAFAX-")]
    [InlineData("fax:+1")]
    [InlineData("+1 425 (FAX)")]
    public async Task Finds_wrapped_recipients(string text)
    {
        _bench.Configure(["fax"], rest: "fax");
        await _bench.AcceptAsync(Imcea.Encode("FAX", "+1 425", "fax.test"));
        await _bench.AcceptAsync("mary@fax.test");

        Assert.Equal([Imcea.Encode("FAX", "+1 425", "fax.test")], await ListAsync(new QueueFilter { Recipient = text }));
    }

    [Fact]
    public async Task A_held_message_is_not_attempted_until_it_is_released()
    {
        await _bench.AcceptAsync("a@fax.test");
        var id = await OnlyIdAsync();

        Assert.Equal(QueueActionResult.Done, await Manager.HoldAsync(id, default));
        await _bench.ProcessAsync();
        await RefreshAndProcessAsync();
        Assert.Empty(_fax.Attempts);
        Assert.Equal(QueuedMessageStatus.Held, (await Manager.FindAsync(id, default))!.Status);

        Assert.Equal(QueueActionResult.Done, await Manager.ReleaseAsync(id, default));
        await RefreshAndProcessAsync();
        Assert.Equal(["a@fax.test"], _fax.Attempts);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_hold_survives_a_restart()
    {
        await _bench.AcceptAsync("a@fax.test");
        await Manager.HoldAsync(await OnlyIdAsync(), default);

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Empty(_fax.Attempts);
    }

    [Fact]
    public async Task A_deferred_message_is_tried_at_once_when_asked_for()
    {
        _fax.Defer();
        await _bench.AcceptAsync("a@fax.test");
        await _bench.ProcessAsync();
        _fax.Deliver();

        Assert.Equal(QueueActionResult.Done, await Manager.RetryAsync(await OnlyIdAsync(), default));
        await RefreshAndProcessAsync();

        Assert.Equal(["a@fax.test", "a@fax.test"], _fax.Attempts);
        Assert.Empty(await ListAsync());
    }

    [Fact(DisplayName = "RT-4: a message that no connector takes cannot be tried; one that was not tried yet can")]
    public async Task What_has_a_connector_can_be_tried()
    {
        await _bench.AcceptAsync("lost@nowhere.test", "a@fax.test");

        Assert.Equal(
            [QueueActionResult.NotApplicable, QueueActionResult.Done],
            [.. (await ListAsync()).Select(message => Manager.RetryAsync(message.Id, default).AsTask().Result)]);
    }

    [Fact]
    public async Task A_removed_message_is_reported_once_and_never_attempted()
    {
        await _bench.AcceptAsync("a@fax.test", "b@fax.test");

        Assert.Equal(QueueActionResult.Done, await Manager.RemoveAsync(await OnlyIdAsync(), report: true, default));
        Assert.Empty(await ListAsync());
        await RefreshAndProcessAsync();

        Assert.Empty(_fax.Attempts);
        Assert.Equal(["Failed a@fax.test b@fax.test"], _bench.Reports.Made);
        Assert.Equal(0, _bench.Queue.Count);
        AssertRemovalRecorded("a@fax.test", "b@fax.test");
    }

    [Fact]
    public async Task A_report_that_cannot_be_made_now_is_made_by_the_transport_and_the_message_is_not_attempted()
    {
        await _bench.AcceptAsync("a@fax.test");
        var id = await OnlyIdAsync();
        _bench.Reports.Script = _ => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(async () => await Manager.RemoveAsync(id, report: true, default));

        _bench.Reports.Script = _ => SenderReportResult.Accepted;
        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Empty(_fax.Attempts);
        Assert.Equal(["Failed a@fax.test"], _bench.Reports.Made);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_message_removed_in_silence_leaves_nothing()
    {
        await _bench.AcceptAsync("a@fax.test");

        Assert.Equal(QueueActionResult.Done, await Manager.RemoveAsync(await OnlyIdAsync(), report: false, default));
        await RefreshAndProcessAsync();

        Assert.Empty(_fax.Attempts);
        Assert.Empty(_bench.Reports.Made);
        Assert.Empty(await ListAsync());
        Assert.Equal(0, _bench.Queue.Count);
        AssertRemovalRecorded("a@fax.test");
    }

    [Fact(DisplayName = "TR-1: poison that is removed is recorded, and reported to its sender")]
    public async Task Removes_poison()
    {
        await _bench.AcceptAsync("a@fax.test");
        var id = await OnlyIdAsync();
        var path = _bench.PathOf(".eml");
        _bench.Files.File.Move(path, path.Replace(".eml", ".poison", StringComparison.Ordinal));

        Assert.Equal(QueueActionResult.Done, await Manager.RemoveAsync(id, report: true, default));

        Assert.Equal(["Failed a@fax.test"], _bench.Reports.Made);
        AssertRemovalRecorded("a@fax.test");
        Assert.DoesNotContain(_bench.QueueFiles, file => !file.Contains('%', StringComparison.Ordinal));
    }

    [Fact(DisplayName = "BM-1: the reason of a message that got its name back by hand does not stay")]
    public async Task Forgets_the_reason_of_what_is_not_set_aside()
    {
        _fax.Defer();
        await _bench.AcceptAsync("a@fax.test");
        var reason = _bench.PathOf(".eml").Replace(".eml", ".poison.txt", StringComparison.Ordinal);
        _bench.Write(reason, "why");
        _bench.Write(_bench.PathOf(".eml").Replace(".eml", ".txt", StringComparison.Ordinal), "not ours");

        await _bench.LoadAsync();

        Assert.DoesNotContain(reason, _bench.QueueFiles);
        Assert.Contains(_bench.QueueFiles, path => path.EndsWith(".txt", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "RP-5: an exported message is a Replay file with the recipients that still wait, and stays in the queue")]
    public async Task Exports_a_Replay_file()
    {
        _fax.Script = (request, _) => new(new Lib.Delivery.DeliveryReport(
            [.. request.Envelope.Recipients.Select((r, i) => i == 0 ? RecipientOutcome.Delivered(r) : RecipientOutcome.Deferred(r, DeliveryStatus.DestinationUnavailable))]));
        await _bench.AcceptAsync("has@fax.test", "waits@fax.test");
        await _bench.ProcessAsync();
        var id = await OnlyIdAsync();
        _bench.Files.Directory.CreateDirectory("/export");

        Assert.Equal(QueueActionResult.Done, await Manager.ExportAsync(id, "/export/m.eml", default));

        var file = Encoding.ASCII.GetString(_bench.Files.File.ReadAllBytes("/export/m.eml"));
        Assert.StartsWith("X-Sender: <sender@contoso.com>", file, StringComparison.Ordinal);
        Assert.Contains("X-Receiver: <waits@fax.test>", file, StringComparison.Ordinal);
        Assert.DoesNotContain("has@fax.test", file, StringComparison.Ordinal);
        Assert.EndsWith("Subject: s\r\n\r\nbody\r\n", file, StringComparison.Ordinal);
        Assert.Equal([id], (await ListAsync()).Select(message => message.Id));
        await Assert.ThrowsAsync<IOException>(async () => await Manager.ExportAsync(id, "/export/m.eml", default));
    }

    [Fact(DisplayName = "RT-5: a failed message that is released goes only to the recipients that have not got it")]
    public async Task Releases_a_failed_message()
    {
        _bench.Reports.Script = _ => SenderReportResult.Impossible;
        _fax.Script = (request, _) => new(new Lib.Delivery.DeliveryReport(
            [.. request.Envelope.Recipients.Select((r, i) => i == 0 ? RecipientOutcome.Delivered(r) : RecipientOutcome.Failed(r, DeliveryStatus.TooBigForDestination))]));
        await _bench.AcceptAsync("has@fax.test", "failed@fax.test");
        await _bench.ProcessAsync();
        var aside = Assert.Single(await ListAsync());
        Assert.Equal(QueuedMessageStatus.Failed, aside.Status);
        Assert.Contains("failed@fax.test: 5.3.4", aside.Reason, StringComparison.Ordinal);
        _fax.Deliver();

        Assert.Equal(QueueActionResult.Done, await Manager.ReleaseAsync(aside.Id, default));
        await RefreshAndProcessAsync();

        Assert.Equal(["has@fax.test failed@fax.test", "failed@fax.test"], _fax.Attempts);
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData("no-such-message")]
    [InlineData("../queue")]
    [InlineData("20260131T120000.0000000Z-00000000000000000000000000000001-0000000000000001")]
    public async Task What_is_not_there_is_not_found(string id)
    {
        Assert.Null(await Manager.FindAsync(id, default));
        Assert.Equal(QueueActionResult.NotFound, await Manager.HoldAsync(id, default));
        Assert.Equal(QueueActionResult.NotFound, await Manager.ReleaseAsync(id, default));
        Assert.Equal(QueueActionResult.NotFound, await Manager.RetryAsync(id, default));
        Assert.Equal(QueueActionResult.NotFound, await Manager.RemoveAsync(id, report: true, default));
        Assert.Equal(QueueActionResult.NotFound, await Manager.ExportAsync(id, "/m.eml", default));
    }

    [Fact]
    public async Task An_action_that_does_not_fit_changes_nothing()
    {
        await _bench.AcceptAsync("a@fax.test");
        var id = await OnlyIdAsync();

        Assert.Equal(QueueActionResult.NotApplicable, await Manager.ReleaseAsync(id, default));
        await Manager.HoldAsync(id, default);
        Assert.Equal(QueueActionResult.NotApplicable, await Manager.RetryAsync(id, default));
        await Manager.ReleaseAsync(id, default);
        Assert.DoesNotContain(_bench.QueueFiles, name => name.EndsWith(".json", StringComparison.Ordinal));
    }

    // With everything that is known of the message.
    private void AssertRemovalRecorded(params string[] recipients)
    {
        var removed = Assert.Single(_bench.Trail.Events, happened => happened.Kind == TrackingEventKind.Fail);
        Assert.Equal(recipients, removed.Outcomes.Select(outcome => outcome.Recipient.Address));
        Assert.All(removed.Outcomes, outcome => Assert.Equal(DeliveryStatus.Removed.Text, outcome.Text));
        Assert.Equal((TrackingSource.Admin, "sender@contoso.com", "fax"), (removed.Source, removed.Sender, removed.Connector));
        Assert.Equal("Subject: s\r\n\r\nbody\r\n".Length, removed.Content!.Length);
    }

    // What the watcher of %changed has the running transport do.
    private async Task RefreshAndProcessAsync()
    {
        await _bench.Queue.LoadAsync(default);
        await _bench.ProcessAsync();
    }

    private async Task<string> OnlyIdAsync() => Assert.Single(await ListAsync()).Id;

    private async Task<List<QueuedMessage>> ListAsync() => await Manager.ListAsync(new QueueFilter(), default).ToListAsync();

    private async Task<IEnumerable<string>> ListAsync(QueueFilter filter) =>
        (await Manager.ListAsync(filter, default).ToListAsync()).Select(message => message.Recipients[0].Address);
}
