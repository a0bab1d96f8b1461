using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A piece of the way of a message: what is on the disk first, what is done, and what must hold after a power cut.</summary>
internal sealed record Scenario(Func<CrashingFileSystem, Task> Fill, Func<CrashingFileSystem, Task> Run, Func<PowerCut, Task> Check, bool IsBare = false)
{
    /// <summary>Promised when the transport has started: the steps before serve another start.</summary>
    public const string Started = "started";

    private const string Done = "done";

    private static readonly Expected[] OneForEach = [new(1, "a", "r@a.test"), new(2, "b", "r@b.test")];

    public static Expected[] FromPickup { get; } = [new(1, "a", "r@a.test"), new(2, "a", "r@a.test"), new(2, "b", "r@b.test q@b.test")];

    public static Expected[] FromRuins { get; } = [new(1, "a", "r@a.test"), new(2, "b", "r@b.test"), new(3, "a", "r@a.test"), new(4, "b", "r@b.test")];

    /// <summary>An application drops a message, and drops it again unless it was told that it is delivered.</summary>
    public static readonly Scenario Drop = new(
        _ => Task.CompletedTask,
        files => DropAsync(files, 1),
        async cut =>
        {
            new Inventory(cut.Disk).AssertNothingPartial();
            var files = PowerUp(cut.Disk);
            // The first delivery sweeps the directory.
            await DropAsync(files, cut.Promises.Contains(Done) ? 2 : 1);
            var inventory = new Inventory(files.Now);
            inventory.AssertNothingStray();
            Assert.Equal(cut.Promises.Contains(Done) ? [1, 2] : [1], inventory.Dropped(MailSystem.DropA).Select(file => file.Mail!.Value.Number).Order());
        });

    /// <summary>Four messages are dropped at once: the first alone, the others together while it is being flushed.</summary>
    public static readonly Scenario GroupedDrop = new(GroupedDropScript.Fill, GroupedDropScript.RunAsync, GroupedDropScript.CheckAsync);

    /// <summary>A message is put into the queue, and put there again unless it was said to be there.</summary>
    public static readonly Scenario Enqueue = new(
        _ => Task.CompletedTask,
        files => EnqueueAsync(files, run: 0),
        async cut =>
        {
            var files = PowerUp(cut.Disk);
            if (!cut.Promises.Contains(Done))
                await EnqueueAsync(files, run: 1);
            await Survival.AssertAsync(new PowerCut(cut.Cut, files.Now, cut.Promises), [cut.Disk], OneForEach[0]);
        });

    /// <summary>The same two on a disk without a single directory.</summary>
    public static readonly Scenario FirstDrop = Drop with { IsBare = true };

    public static readonly Scenario FirstEnqueue = Enqueue with { IsBare = true };

    /// <summary>Two files are taken from Pickup into the queue: one alone, one for two connectors whose copies share their flushes.</summary>
    public static readonly Scenario TakeIn = new(Ruins.FillPickup, TakeInAsync, cut => Survival.AssertAsync(cut, [], FromPickup));

    /// <summary>Two messages go from the queue to their Drop directories, one on another volume.</summary>
    public static readonly Scenario Deliver = new(Ruins.FillQueueAsync, DeliverAsync, async cut =>
    {
        if (cut.Promises.Contains(Done))
            Assert.All(OneForEach, mail => Assert.Single(new Inventory(cut.Disk).Dropped(mail.Directory)));
        await Survival.AssertAsync(cut, [], OneForEach);
    });

    /// <summary>A message for three: one is delivered, then another, then the third.</summary>
    public static readonly Scenario Settle = new(SettleScript.Fill, SettleScript.RunAsync, SettleScript.CheckAsync);

    /// <summary>A message for three is delivered in three calls of one attempt.</summary>
    public static readonly Scenario Calls = new(CallScript.Fill, CallScript.RunAsync, CallScript.CheckAsync);

    /// <summary>A message is delivered and its sender told, who asked for that.</summary>
    public static readonly Scenario Success = new(SuccessScript.Fill, SuccessScript.RunAsync, SuccessScript.CheckAsync);

    /// <summary>Recipients move to the entries of other connectors, and are delivered there.</summary>
    public static readonly Scenario Move = new(MoveScript.Fill, MoveScript.RunAsync, MoveScript.CheckAsync);

    /// <summary>The same moves broke off; the next start ends them.</summary>
    public static readonly Scenario EndMove = new(MoveScript.FillBrokenOff, MoveScript.EndAsync, MoveScript.CheckAsync);

    /// <summary>The whole way.</summary>
    public static readonly Scenario PickupToDrop = new(Ruins.FillPickup, files => Survival.RunAsync(files, run: 0), cut => Survival.AssertAsync(cut, [], FromPickup));

    /// <summary>A start after a crash: temporary files, claims, a queue file of a connector that is not there any more.</summary>
    public static readonly Scenario Recover = new(Ruins.FillAsync, files => Survival.RunAsync(files, run: 0), cut => Survival.AssertAsync(cut, [], FromRuins));

    public async Task<Recording> RecordAsync() => await Recording.OfAsync(IsBare ? DiskImage.Empty : await Recording.PrepareAsync(Fill), Run);

    private static CrashingFileSystem PowerUp(DiskImage disk) => new(disk, Recording.NewTime(), Recording.OtherVolume);

    private static MailSystem Start(CrashingFileSystem files, int run) => new(files, files, Recording.NewTime(run), new RecordingConnector());

    private static async Task DropAsync(CrashingFileSystem files, int number)
    {
        using var system = Start(files, 0);
        files.Promise(Started);
        var item = TestMail.Item(number, "r@a.test");
        var report = await system.A.DeliverAsync(new DeliveryRequest($"{item.Id}", item.Envelope, item.Content), CancellationToken.None);
        Assert.Equal(RecipientAction.Delivered, Assert.Single(report.Outcomes).Action);
        files.Promise(Done);
    }

    private static async Task EnqueueAsync(CrashingFileSystem files, int run)
    {
        using var system = Start(files, run);
        await system.StartAsync();
        files.Promise(Started);
        await system.DeliveryQueue.EnqueueAsync(TestMail.Item(1, "r@a.test"), "a", CancellationToken.None);
        files.Promise(Done);
    }

    private static async Task TakeInAsync(CrashingFileSystem files)
    {
        using var system = Start(files, 0);
        await system.StartAsync();
        files.Promise(Started);
        await system.TakeInAsync();
    }

    private static async Task DeliverAsync(CrashingFileSystem files)
    {
        using var system = Start(files, 1);
        await system.StartAsync();
        files.Promise(Started);
        await system.DeliverAsync();
        files.Promise(Done);
    }
}
