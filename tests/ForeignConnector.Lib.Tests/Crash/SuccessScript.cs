using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>A message for a Drop directory whose sender asked to be told of success: it is delivered, its sender is told, then it goes.</summary>
internal static class SuccessScript
{
    private const string Told = "told";

    public static async Task Fill(CrashingFileSystem files)
    {
        using var system = Start(files, new Teller(), run: 0);
        var item = TestMail.Item(1, "r@a.test");
        var envelope = item.Envelope with { Recipients = [item.Envelope.Recipients[0] with { Notify = DsnNotify.Success }] };
        await system.DeliveryQueue.EnqueueAsync(item with { Envelope = envelope }, "a", CancellationToken.None);
    }

    public static async Task RunAsync(CrashingFileSystem files)
    {
        using var system = Start(files, new Teller(() => files.Promise(Told)), run: 1);
        await system.StartAsync();
        files.Promise(Scenario.Started);
        await system.DeliverAsync();
    }

    public static async Task CheckAsync(PowerCut cut)
    {
        new Inventory(cut.Disk).AssertNothingPartial();
        var files = new CrashingFileSystem(cut.Disk, Recording.NewTime(), Recording.OtherVolume);
        var teller = new Teller();
        using (var system = Start(files, teller, run: 2))
            await system.RunAsync();
        var after = new Inventory(files.Now);
        after.AssertNothingPartial();
        Assert.Single(after.Dropped(MailSystem.DropA));
        Assert.Empty(after.Dropped(MailSystem.Queue));
        Assert.All(teller.Reports, report => Assert.Equal("Relayed r@a.test", report));
        Assert.True(teller.Reports.Count == 1 || (teller.Reports.Count == 0 && cut.Promises.Contains(Told)), $"{teller.Reports.Count} reports after the cut");
    }

    private static MailSystem Start(CrashingFileSystem files, ISenderReports reports, int run) => new(files, files, Recording.NewTime(run), new RecordingConnector(), reports: reports);

    /// <summary>Takes every report.</summary>
    private sealed class Teller(Action? told = null) : ISenderReports
    {
        public List<string> Reports { get; } = [];

        public ValueTask<SenderReportResult> ReportAsync(SenderReport report, CancellationToken cancellationToken)
        {
            Reports.Add($"{report.Kind} {string.Join(' ', report.Outcomes.Select(outcome => outcome.Recipient.Address))}");
            told?.Invoke();
            return new(SenderReportResult.Accepted);
        }
    }
}
