using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using ForeignConnector.Lib.Tests.Crash;

namespace ForeignConnector.Lib.Tests.Faults;

/// <summary>Faults that last through the start.</summary>
public class StartAgainTests
{
    [Theory(DisplayName = "RY-4: a start that fails as a whole is not remembered: the next call of an application starts, takes in and delivers")]
    [InlineData("EIO")]
    [InlineData("EACCES")]
    [InlineData("ENOSPC")]
    [InlineData("EMFILE")]
    public async Task Starts_again(string error)
    {
        var time = Recording.NewTime();
        var disk = new CrashingFileSystem(await Recording.PrepareAsync(Ruins.FillPickup), time, Recording.OtherVolume);
        var faulty = new FaultyFileSystem(disk);
        faulty.FailWhile(operation => operation.Contains(MailSystem.Queue, StringComparison.Ordinal) ? DiskErrors.ByName(error, "queue") : null);
        using var system = new MailSystem(faulty, faulty, time, new RecordingConnector());
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.True(await Record.ExceptionAsync(system.StartAsync) is IOException or UnauthorizedAccessException);
        Assert.True(await Record.ExceptionAsync(system.RunAsync) is IOException or UnauthorizedAccessException);

        faulty.FailWhile(_ => null);
        await system.RunAsync();

        var end = new Inventory(disk.Now);
        Assert.All(Scenario.FromPickup, mail => Assert.Single(end.Dropped(mail.Directory), file => file.Mail!.Value.Number == mail.Number));
        end.AssertNothingStray();
    }

    [Theory(DisplayName = "RY-4: a host that starts on what a crash left, on a volume where one kind of operation fails for ever, delivers what can be delivered")]
    [InlineData("EIO", "in-flight")]
    [InlineData("EACCES", "in-flight")]
    [InlineData("EIO", "/mail/queue/gone")]
    [InlineData("EACCES", "/mail/queue/gone")]
    [InlineData("EIO", "%changed")]
    [InlineData("EACCES", ".tmp")]
    public async Task Delivers_what_it_can(string error, string what)
    {
        var time = Recording.NewTime();
        var disk = new CrashingFileSystem(await Recording.PrepareAsync(Ruins.FillAsync), time, Recording.OtherVolume);
        var faulty = new FaultyFileSystem(disk);
        faulty.FailWhile(operation => operation.Contains("/queue", StringComparison.Ordinal) && operation.Contains(what, StringComparison.Ordinal) && !operation.Contains("Exists", StringComparison.Ordinal)
            ? DiskErrors.ByName(error, "queue")
            : null);
        using var system = new MailSystem(faulty, faulty, time, new RecordingConnector());

        await system.StartAsync();
        await system.DeliverAsync();

        Assert.Single(new Inventory(disk.Now).Dropped(MailSystem.DropA), file => file.Mail!.Value.Number == 1);
    }
}
