using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Crash;

public class ConcurrentRoundTests
{
    [Fact(DisplayName = "PU-13: rounds that are asked for at the same time wait for each other; each returns, and every message is delivered once")]
    public async Task Rounds_wait_for_each_other()
    {
        const int count = 20;
        var files = new CrashingFileSystem(await Recording.PrepareAsync(FillAsync), Recording.NewTime(), Recording.OtherVolume);
        using var system = new MailSystem(files, files, Recording.NewTime(), new RecordingConnector());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(system.RunAsync)));

        Assert.Equal(Enumerable.Range(1, count), new Inventory(files.Now).Dropped(MailSystem.DropA).Select(file => file.Mail!.Value.Number).Order());

        static Task FillAsync(CrashingFileSystem files)
        {
            for (var i = 1; i <= count; i++)
                files.File.WriteAllBytes($"{MailSystem.Pickup}/{i}.eml", TestMail.Composed(i, "r@a.test"));
            return Task.CompletedTask;
        }
    }
}
