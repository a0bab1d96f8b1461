using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>PU-1: when the loop looks. On a real directory, with fake time, so that only what a test does can wake it.</summary>
public sealed class PumpLoopTests : IDisposable
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\nbody";

    private readonly TempDirectory _journals = new();
    private readonly TempDirectory _temp = new();
    private readonly LoopClock _time = new(IntakeBench.Now);
    private readonly RecordingIntake _intake = new();
    private readonly SemaphoreSlim _accepted = new(0);
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(60));
    private readonly ScriptedGate _gate = new();

    public PumpLoopTests() => _intake.Script = (_, _) =>
    {
        _accepted.Release();
        return new(AcceptResult.Complete);
    };

    public void Dispose()
    {
        _stop.Dispose();
        _accepted.Dispose();
        _journals.Dispose();
        _temp.Dispose();
    }

    [Fact(DisplayName = "PU-1: the loop wakes when the file system reports a file, although no time passes")]
    public async Task Wakes_by_the_watcher()
    {
        var loop = Start(new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new FileSystem());
        // Written until it is seen: the watch may begin after the first one.
        while (!await _accepted.WaitAsync(TimeSpan.FromMilliseconds(50), _stop.Token))
            Write($"{Guid.NewGuid()}.eml");

        await StopAsync(loop);
    }

    [Fact(DisplayName = "PU-1: a lost event costs time and nothing else: the next poll finds the file")]
    public async Task Wakes_by_polling()
    {
        Write("first.eml");
        var loop = Start(new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new DeafFileSystem());
        await _accepted.WaitAsync(_stop.Token);
        await _time.WhenAsleepAsync();
        Write("second.eml");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await _time.WhenAsleepAsync();
        Assert.False(await _accepted.WaitAsync(TimeSpan.Zero, _stop.Token));

        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(1));

        await StopAsync(loop);
        Assert.Empty(_temp.Names);
    }

    [Theory(DisplayName = "PU-1: a directory that is replaced, or comes later, is watched again from the next poll on that finds something")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watches_what_has_the_name_now(bool isThereAtFirst)
    {
        if (!isThereAtFirst)
            Directory.Delete(_temp.Path);
        var loop = Start(new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new FileSystem());
        await _time.WhenAsleepAsync();
        if (isThereAtFirst)
            Directory.Delete(_temp.Path);
        Directory.CreateDirectory(_temp.Path);
        Write("first.eml");
        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(1));

        // No time passes from here on.
        while (!await _accepted.WaitAsync(TimeSpan.FromMilliseconds(50), _stop.Token))
            Write($"{Guid.NewGuid()}.eml");

        await StopAsync(loop);
    }

    [Fact(DisplayName = "PU-2: the loop comes back for a file that was not quiet yet as soon as it may be")]
    public async Task Comes_back_for_a_file_that_settles()
    {
        _temp.Write("a.eml", Good, IntakeBench.Now.UtcDateTime);
        var loop = Start(new WatchedDirectoryOptions { SettleTime = TimeSpan.FromSeconds(1), PollingInterval = TimeSpan.FromHours(1) }, new DeafFileSystem());

        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(1));

        await StopAsync(loop);
    }

    [Fact(DisplayName = "PU-3: the loop comes back when the minute is over, not only at the next poll")]
    public async Task Comes_back_when_the_minute_is_over()
    {
        Write("a.eml");
        Write("b.eml");
        var options = new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero, PollingInterval = TimeSpan.FromHours(1), MaxMessagesPerMinute = 1 };
        var loop = Start(options, new DeafFileSystem());
        await _accepted.WaitAsync(_stop.Token);

        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(10));

        await StopAsync(loop);
        Assert.InRange(_time.GetUtcNow() - IntakeBench.Now, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(70));
    }

    [Fact(DisplayName = "Back pressure: a gate that opens is noticed at the next poll")]
    public async Task Comes_back_when_the_gate_opens()
    {
        Write("a.eml");
        _gate.Pace = IntakePace.Closed;
        var loop = Start(new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new DeafFileSystem());
        for (var i = 0; i < 5; i++)
        {
            await _time.WhenAsleepAsync();
            _time.Advance(TimeSpan.FromSeconds(5));
        }
        await _time.WhenAsleepAsync();
        Assert.Equal(["a.eml"], _temp.Names);
        _gate.Pace = IntakePace.Open;

        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(1));

        await StopAsync(loop);
    }

    [Fact(DisplayName = "PU-4: a file that the transport cannot take now waits for the next poll, although its renames are reported as changes")]
    public async Task Is_not_woken_by_its_own_renames()
    {
        Write("a.eml");
        var attempts = 0;
        var pickup = Open(new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new DeafFileSystem());
        var accept = _intake.Script;
        _intake.Script = (_, _) =>
        {
            attempts++;
            pickup.Wake();
            throw new IOException("No space left on device");
        };
        var loop = pickup.RunAsync(_stop.Token);
        await _time.WhenAsleepAsync();
        Assert.Equal(1, attempts);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await _time.WhenAsleepAsync();
        Assert.Equal(1, attempts);
        _intake.Script = accept;

        await AdvanceUntilAcceptedAsync(TimeSpan.FromSeconds(0.1));

        Assert.Equal(TimeSpan.FromSeconds(5), _time.GetUtcNow() - IntakeBench.Now);
        await StopAsync(loop);
    }

    private Task Start(WatchedDirectoryOptions watch, IFileSystem files) => Open(watch, files).RunAsync(_stop.Token);

    private WatchedDirectory Open(WatchedDirectoryOptions watch, IFileSystem files) =>
        WatchedDirectory.ForPickup(_temp.Path, watch, new PickupOptions(), new IntakeContext
        {
            Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2"),
            JournalDirectory = _journals.Path,
            Ids = new SubmissionIdSource(_time, new Random(1)),
            Intake = _intake,
            Gate = _gate,
            Files = files,
            Time = _time,
        });

    private async Task StopAsync(Task loop)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    private async Task AdvanceUntilAcceptedAsync(TimeSpan step)
    {
        await _time.WhenAsleepAsync();
        while (!await _accepted.WaitAsync(TimeSpan.Zero, _stop.Token))
        {
            _time.Advance(step);
            await _time.WhenAsleepAsync();
        }
    }

    private void Write(string name)
    {
        _temp.Write("new", Good, IntakeBench.Now.UtcDateTime.AddHours(-1));
        File.Move(_temp["new"], _temp[name]);
    }

    /// <summary>The real file system, which reports nothing.</summary>
    private sealed class DeafFileSystem : FileSystemBase
    {
        private readonly FileSystem _real = new();

        public override IDirectory Directory => _real.Directory;

        public override IFile File => _real.File;

        public override IFileInfoFactory FileInfo => _real.FileInfo;

        public override IFileVersionInfoFactory FileVersionInfo => _real.FileVersionInfo;

        public override IFileStreamFactory FileStream => _real.FileStream;

        public override IPath Path => _real.Path;

        public override IDirectoryInfoFactory DirectoryInfo => _real.DirectoryInfo;

        public override IDriveInfoFactory DriveInfo => _real.DriveInfo;

        public override IRandomAccess RandomAccess => _real.RandomAccess;

        public override IFileSystemWatcherFactory FileSystemWatcher => throw new NotImplementedException();
    }
}
