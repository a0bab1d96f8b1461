using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing.Directory;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>RT-5: no recipient is lost or doubled, also when a message is split more than once.</summary>
public class RepeatedSplitTests
{
    private readonly QueueBench _bench = new();

    [Fact(DisplayName = "RT-5: a second set of recipients for the same connector is another entry, not one that waits already")]
    public async Task Keeps_a_second_set_of_recipients()
    {
        var a = _bench.Connect("a");
        _bench.Configure(["a"]);
        await _bench.AcceptAsync("one@a.test", "two@b.test");
        _bench.Configure(["a"], rest: "a");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test", "two@b.test"], a.Attempts);
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "RT-5: what is handed over again after a crash between two connectors, and a change of configuration, goes to each recipient once")]
    public async Task Completes_a_hand_over_that_broke_off()
    {
        _bench.Configure(["a"]);
        var item = _bench.Item("one@a.test", "two@b.test");
        await _bench.Queue.EnqueueAsync(item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[0]] } }, "a", CancellationToken.None);
        _bench.Configure(["a"], rest: "a");
        await _bench.LoadAsync();

        await _bench.Categorizer.AcceptAsync(item, CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test", "two@b.test"], _bench.Connectors["a"].Attempts);
    }

    [Theory(DisplayName = "RT-5: a message that lies, under one name, with a connector that is no more arrives once, also when its new connector has it already")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_a_message_from_the_folder_of_another_connector(bool isCopy)
    {
        _bench.Configure(["a"]);
        await _bench.AcceptAsync("one@a.test");
        var path = _bench.PathOf(".eml");
        var stray = path.Replace("/a/", "/gone/", StringComparison.Ordinal);
        _bench.Files.Directory.CreateDirectory($"{QueueBench.Directory}/gone");
        _bench.Files.File.WriteAllBytes(stray, _bench.Files.File.ReadAllBytes(path));
        if (!isCopy)
            _bench.Files.File.Delete(path);

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Empty(_bench.QueueFiles);
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "RT-5: a hand-over that is repeated has another time and the same key, and stores nothing again")]
    public async Task Recognises_a_repeated_hand_over()
    {
        _bench.Configure(["a", "b"]);
        var item = await _bench.AcceptAsync("one@a.test", "two@b.test", "three@nowhere.test");

        await _bench.Categorizer.AcceptAsync(item with { Id = item.Id with { AcceptedAt = item.Id.AcceptedAt.AddMinutes(1) } }, CancellationToken.None);

        Assert.Equal(3, _bench.Queue.Count);
        await _bench.ProcessAsync();
        Assert.Equal(["one@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Equal(["two@b.test"], _bench.Connectors["b"].Attempts);
    }

    [Fact(DisplayName = "RT-5: when one connector's copy cannot be stored no other is, and handed over again each recipient gets the message once")]
    public async Task Stores_all_copies_or_none()
    {
        _bench.Configure(["a", "b"]);
        var item = _bench.Item("one@a.test", "two@b.test");
        _bench.Files.Directory.CreateDirectory(QueueBench.Directory);
        _bench.Write($"{QueueBench.Directory}/b", "in the way");
        await Assert.ThrowsAnyAsync<IOException>(async () => await _bench.Categorizer.AcceptAsync(item, CancellationToken.None));
        await _bench.ProcessAsync();
        Assert.Empty(_bench.Connectors["a"].Attempts);

        _bench.Files.File.Delete($"{QueueBench.Directory}/b");
        await _bench.Categorizer.AcceptAsync(item with { Id = item.Id with { AcceptedAt = item.Id.AcceptedAt.AddMinutes(1) } }, CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test"], _bench.Connectors["a"].Attempts);
        Assert.Equal(["two@b.test"], _bench.Connectors["b"].Attempts);
    }

    [Fact(DisplayName = "RT-5: a recipient that stands in a message twice gets it twice, and no oftener when the hand-over is repeated")]
    public async Task Counts_recipients()
    {
        _bench.Configure(["a"]);
        var item = await _bench.AcceptAsync("one@a.test", "one@a.test");

        await _bench.Categorizer.AcceptAsync(item, CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal(["one@a.test one@a.test"], _bench.Connectors["a"].Attempts);
    }

    [Theory(DisplayName = "RT-5: a move that broke off after the new entry was stored is completed, whatever the configuration is by then")]
    [InlineData("b", "b")]
    [InlineData("b", "c")]
    public async Task Completes_a_move_that_broke_off(string before, string after)
    {
        _bench.Configure(["a", "b", "c"]);
        var item = await _bench.AcceptAsync("one@x.test", "two@y.test");
        await _bench.Queue.EnqueueAsync(item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[0]] } }, before, CancellationToken.None);
        _bench.Configure(["a", "b", "c"], rest: after);

        await _bench.LoadAsync();
        await _bench.ProcessAsync();

        var attempts = _bench.Connectors.Values.SelectMany(connector => connector.Attempts).SelectMany(attempt => attempt.Split(' '));
        Assert.Equal(["one@x.test", "two@y.test"], attempts.Order(StringComparer.Ordinal));
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "RT-5: recipients of one message that come back from different connectors are all kept")]
    public async Task Keeps_what_comes_back_from_several_connectors()
    {
        _bench.Configure(["a", "b"]);
        await _bench.AcceptAsync("one@a.test", "two@b.test", "three@b.test");
        _bench.Configure(["c"], rest: "c");

        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        var attempts = _bench.Connectors["c"].Attempts.SelectMany(attempt => attempt.Split(' '));
        Assert.Equal(["one@a.test", "three@b.test", "two@b.test"], attempts.Order(StringComparer.Ordinal));
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "RT-5: the file names of two sets of recipients differ, those of one set in another order do not")]
    public void Names_depend_on_the_set_of_recipients()
    {
        var item = _bench.Item("one@a.test", "two@a.test");
        var name = QueueFileName.For(item, "a");

        Assert.Equal(name, QueueFileName.For(With("two@a.test", "one@a.test"), "A"));
        Assert.NotEqual(name, QueueFileName.For(item, "b"));
        Assert.NotEqual(name, QueueFileName.For(With("one@a.test"), "a"));
        Assert.NotEqual(name, QueueFileName.For(With("one@a.test", "one@a.test", "two@a.test"), "a"));
        Assert.Equal(name.Length, QueueFileName.For(With([.. Enumerable.Range(0, 1000).Select(i => $"{i}@a.test")]), "a").Length);

        MailItem With(params string[] recipients) => item with { Envelope = new MailEnvelope("", recipients.Select(address => new EnvelopeRecipient(address))) };
    }
}
