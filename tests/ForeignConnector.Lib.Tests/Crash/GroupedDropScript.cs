using System.Globalization;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>Deliveries that share a flush. While the first one is held up in its own, the others write their files and wait: that makes the batch the same in every run.</summary>
internal static class GroupedDropScript
{
    private const int Count = 4;

    public static Task Fill(CrashingFileSystem files) => Task.CompletedTask;

    public static async Task RunAsync(CrashingFileSystem files)
    {
        using var system = new MailSystem(files, files, Recording.NewTime(), new RecordingConnector());
        files.Promise(Scenario.Started);
        using var flushing = new ManualResetEventSlim();
        using var others = new ManualResetEventSlim();
        files.Before = operation =>
        {
            if (operation is not FileFlushed)
                return;
            flushing.Set();
            others.Wait();
        };
        List<Task<DeliveryReport>> deliveries = [DeliverAsync(system, 1)];
        flushing.Wait();
        deliveries.AddRange(Enumerable.Range(2, Count - 1).Select(number => DeliverAsync(system, number)));
        others.Set();
        foreach (var (i, delivery) in deliveries.Index())
        {
            Assert.Equal(RecipientAction.Delivered, Assert.Single((await delivery).Outcomes).Action);
            files.Promise(string.Create(CultureInfo.InvariantCulture, $"{i + 1}"));
        }
    }

    public static async Task CheckAsync(PowerCut cut)
    {
        new Inventory(cut.Disk).AssertNothingPartial();
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        using var system = new MailSystem(files, files, Recording.NewTime(run: 1), new RecordingConnector());
        // What was not reported as delivered is delivered again; the last one makes sure that there is one, because the first delivery sweeps the directory.
        foreach (var number in Enumerable.Range(1, Count + 1).Where(number => !cut.Promises.Contains(number.ToString(CultureInfo.InvariantCulture))))
            await DeliverAsync(system, number);
        new Inventory(files.Now).AssertNothingStray();
        Assert.Equal(Enumerable.Range(1, Count + 1), new Inventory(files.Now).Dropped(MailSystem.DropA).Select(file => file.Mail!.Value.Number).Order());
    }

    private static Task<DeliveryReport> DeliverAsync(MailSystem system, int number)
    {
        var item = TestMail.Item(number, "r@a.test");
        return system.A.DeliverAsync(new DeliveryRequest($"{item.Id}", item.Envelope, item.Content), CancellationToken.None).AsTask();
    }
}
