using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A message for three recipients at a connector that takes one of them on each attempt.</summary>
internal static class SettleScript
{
    private static readonly string[] Recipients = ["1@own.test", "2@own.test", "3@own.test"];

    public static async Task Fill(CrashingFileSystem files)
    {
        using var system = Start(files, new RecordingConnector(), run: 0);
        await system.DeliveryQueue.EnqueueAsync(TestMail.Item(1, Recipients), "own", CancellationToken.None);
    }

    public static async Task RunAsync(CrashingFileSystem files)
    {
        using var system = Start(files, new RecordingConnector(), run: 1);
        await system.StartAsync();
        files.Promise(Scenario.Started);
        for (var attempt = 0; attempt < Recipients.Length; attempt++)
        {
            await SettleAsync(system, attempt);
            // The last settlement deletes the message; the delete need not last.
            if (attempt < Recipients.Length - 1)
                files.Promise(Recipients[attempt]);
        }
    }

    public static async Task CheckAsync(PowerCut cut)
    {
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        var connector = new RecordingConnector();
        using var system = Start(files, connector, run: 2);
        await system.RunAsync();
        var again = connector.Deliveries.SelectMany(delivery => delivery.Recipients).ToArray();
        // The one that was being settled may come again, those after it must.
        var settled = cut.Promises.Intersect(Recipients).Count;
        Assert.True(again.SequenceEqual(Recipients.Skip(settled)) || again.SequenceEqual(Recipients.Skip(settled + 1)), $"{settled} were settled, {string.Join(' ', again)} came again");
        Assert.Empty(new Inventory(files.Now).Dropped(MailSystem.Queue));
    }

    private static MailSystem Start(CrashingFileSystem files, RecordingConnector own, int run) => new(files, files, Recording.NewTime(run), own);

    private static async Task SettleAsync(MailSystem system, int attempt)
    {
        await foreach (var lease in system.DeliveryQueue.LeaseAllAsync("own"))
        {
            await using (lease)
            {
                var outcomes = lease.Item.Envelope.Recipients.Select(recipient => recipient.Address == Recipients[attempt]
                    ? RecipientOutcome.Delivered(recipient)
                    : RecipientOutcome.Deferred(recipient, EnhancedStatusCode.NotAccepting, "Busy."));
                await system.DeliveryQueue.SettleAsync(lease, [.. outcomes], lease.Item.Id.AcceptedAt, CancellationToken.None);
            }
        }
    }
}
