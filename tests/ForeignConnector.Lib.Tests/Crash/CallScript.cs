using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Tests.Queueing;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A message for three recipients at a connector that takes one at a time.</summary>
internal static class CallScript
{
    private static readonly string[] Recipients = ["1@own.test", "2@own.test", "3@own.test"];

    public static async Task Fill(CrashingFileSystem files)
    {
        using var system = Start(files, Connector(), run: 0);
        await system.DeliveryQueue.EnqueueAsync(TestMail.Item(1, Recipients), "own", CancellationToken.None);
    }

    public static async Task RunAsync(CrashingFileSystem files)
    {
        var own = Connector();
        own.Script = (request, _) =>
        {
            // Whose call has ended is settled when the next call begins.
            if (own.Deliveries.Count > 1)
                files.Promise(Recipients[own.Deliveries.Count - 2]);
            return new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        };
        using var system = Start(files, own, run: 1);
        await system.StartAsync();
        files.Promise(Scenario.Started);
        await system.DeliverAsync();
        Assert.Equal(Recipients, own.Attempts);
    }

    public static async Task CheckAsync(PowerCut cut)
    {
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        var own = Connector();
        using var system = Start(files, own, run: 2);
        await system.RunAsync();
        // The one that was in hand may come again, those after it must.
        var settled = cut.Promises.Intersect(Recipients).Count;
        Assert.True(
            own.Attempts.SequenceEqual(Recipients.Skip(settled)) || own.Attempts.SequenceEqual(Recipients.Skip(settled + 1)),
            $"{settled} were settled, {string.Join(' ', own.Attempts)} came again");
        Assert.Empty(new Inventory(files.Now).Dropped(MailSystem.Queue));
    }

    private static AnsweringConnector Connector() => new() { MaxRecipientsPerDelivery = 1 };

    private static MailSystem Start(CrashingFileSystem files, AnsweringConnector own, int run) => new(files, files, Recording.NewTime(run), own);
}
