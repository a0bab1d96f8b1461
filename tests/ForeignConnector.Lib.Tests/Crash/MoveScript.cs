using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>Message 1 leaves its connector altogether, for two others; of message 2 one recipient leaves. All stay configured, so that what is given out by either entry would be delivered.</summary>
internal static class MoveScript
{
    private static readonly string[] Connectors = ["a", "b", "own"];
    private static readonly string[] Recipients = ["1@x.test", "2@x.test"];

    // Where each recipient is in the end.
    private static readonly (int Number, string Recipient, string Connector)[] Targets = [(1, "1@x.test", "a"), (1, "2@x.test", "b"), (2, "1@x.test", "a"), (2, "2@x.test", "b")];

    public static async Task Fill(CrashingFileSystem files)
    {
        using var system = Start(files, files);
        await system.DeliveryQueue.EnqueueAsync(TestMail.Item(1, Recipients), "own", CancellationToken.None);
        await system.DeliveryQueue.EnqueueAsync(TestMail.Item(2, Recipients), "a", CancellationToken.None);
        files.Directory.CreateDirectory(MailSystem.Queue + "/b");
    }

    public static async Task RunAsync(CrashingFileSystem files)
    {
        using var system = Start(files, files);
        var queue = system.DeliveryQueue;
        await queue.LoadAsync(CancellationToken.None);
        files.Promise(Scenario.Started);
        await MoveAllAsync(queue);
        await DeliverAsync(queue, files);
    }

    /// <summary>The state of each old entry cannot be written down: the new ones are there, too.</summary>
    public static async Task FillBrokenOff(CrashingFileSystem files)
    {
        await Fill(files);
        var faulty = new FaultyFileSystem(files);
        using var system = Start(files, faulty);
        await system.DeliveryQueue.LoadAsync(CancellationToken.None);
        faulty.FailWhile(operation => operation.Contains(".json.", StringComparison.Ordinal) ? DiskErrors.ByName("EIO", operation) : null);
        await Assert.ThrowsAsync<IOException>(() => MoveAsync(system.DeliveryQueue, "own", 1, ("a", 0), ("b", 1)));
        await Assert.ThrowsAsync<IOException>(() => MoveAsync(system.DeliveryQueue, "a", 2, ("b", 1)));
        Assert.Equal(2, files.Now.Files.Count(file => file.Path.EndsWith(".moving", StringComparison.Ordinal)));
    }

    public static async Task EndAsync(CrashingFileSystem files)
    {
        using var system = Start(files, files);
        files.Promise(Scenario.Started);
        await system.DeliveryQueue.LoadAsync(CancellationToken.None);
        await DeliverAsync(system.DeliveryQueue, files);
    }

    public static async Task CheckAsync(PowerCut cut)
    {
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        using var system = Start(files, files);
        await system.DeliveryQueue.LoadAsync(CancellationToken.None);
        var given = new List<(int Number, string Recipient, string Connector)>();
        foreach (var connector in Connectors)
        {
            await foreach (var lease in system.DeliveryQueue.LeaseAllAsync(connector).Concat(
                system.DeliveryQueue.LeaseAsync(LeaseQuery.Suspects(connector, DateTimeOffset.MaxValue), CancellationToken.None)))
            {
                // Of one that is settled only the files are left.
                await using (lease)
                    given.AddRange(lease.IsSettled ? [] : lease.Item.Envelope.Recipients.Select(recipient => ((int)lease.Item.Id.Key, recipient.Address, connector)));
            }
        }
        foreach (var target in Targets)
        {
            var mine = given.Where(each => (each.Number, each.Recipient) == (target.Number, target.Recipient)).ToArray();
            Assert.True(mine.Length <= 1, $"given out by {string.Join(" and ", mine)}");
            // Handed over there and not yet gone for good, it may come again, under the same name; never from the entry that it left.
            if (cut.Promises.Contains($"{target}"))
                Assert.All(mine, each => Assert.Equal(target, each));
            else
                Assert.True(mine.Length == 1, $"nobody has {target}");
        }
        Assert.DoesNotContain(files.Now.Files, file => file.Path.EndsWith(".moving", StringComparison.Ordinal));
    }

    private static MailSystem Start(CrashingFileSystem files, System.IO.Abstractions.IFileSystem seen) =>
        new(seen, (Lib.Storage.Platform.IPlatformFiles)seen, Recording.NewTime(), new RecordingConnector());

    private static async Task MoveAllAsync(DeliveryQueue queue)
    {
        await MoveAsync(queue, "own", 1, ("a", 0), ("b", 1));
        await MoveAsync(queue, "a", 2, ("b", 1));
    }

    private static async Task MoveAsync(DeliveryQueue queue, string connector, int number, params (string Connector, int Recipient)[] targets)
    {
        await foreach (var lease in queue.LeaseAllAsync(connector))
        {
            await using (lease)
            {
                if (lease.Item.Id.Key != (UInt128)(uint)number)
                    continue;
                var item = lease.Item;
                var copies = targets.Select(target => new QueueEntry(target.Connector, item with { Envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[target.Recipient]] } }));
                await queue.MoveAsync(lease, [.. copies], CancellationToken.None);
            }
        }
    }

    // Those that moved: each is handed over, and then settled.
    private static async Task DeliverAsync(DeliveryQueue queue, CrashingFileSystem files)
    {
        foreach (var connector in (string[])["a", "b"])
        {
            await foreach (var lease in queue.LeaseAllAsync(connector))
            {
                await using (lease)
                {
                    foreach (var recipient in lease.Item.Envelope.Recipients)
                        files.Promise($"{((int)lease.Item.Id.Key, recipient.Address, connector)}");
                    await queue.SettleAsync(lease, [.. lease.Item.Envelope.Recipients.Select(recipient => RecipientOutcome.Delivered(recipient))], lease.Item.Id.AcceptedAt, CancellationToken.None);
                }
            }
        }
    }
}
