using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using ForeignConnector.Lib.Tests.Crash;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Faults;

/// <summary>One run of the transport in which one operation failed.</summary>
internal sealed class FaultRun : IDisposable
{
    private readonly FakeTimeProvider _time = Recording.NewTime(run: 1);
    private readonly FaultyFileSystem _faulty;

    private FaultRun(DiskImage start, IForeignConnector own)
    {
        Own = own;
        Disk = new CrashingFileSystem(start, _time, Recording.OtherVolume);
        _faulty = new FaultyFileSystem(Disk);
        System = new MailSystem(_faulty, _faulty, _time, own);
    }

    public CrashingFileSystem Disk { get; }

    public IForeignConnector Own { get; }

    public MailSystem System { get; private set; }

    /// <summary>What was done returned; null when it threw.</summary>
    public object? Result { get; private set; }

    /// <summary>The operation that failed.</summary>
    public string Failed { get; private set; } = "nothing";

    public static IAsyncEnumerable<FaultRun> EachAsync(string error, Func<CrashingFileSystem, Task> fill, Func<IForeignConnector>? own = null) =>
        EachAsync(error, fill, RunAsync, own);

    /// <summary>Every operation of something fails in turn.</summary>
    public static async IAsyncEnumerable<FaultRun> EachAsync(string error, Func<CrashingFileSystem, Task> fill, Func<MailSystem, Task<object?>> act, Func<IForeignConnector>? own = null)
    {
        var start = await Recording.PrepareAsync(fill);
        own ??= () => new RecordingConnector();
        using var well = new FaultRun(start, own());
        await act(well.System);
        for (var i = 0; i < well._faulty.Operations.Count; i++)
        {
            using var run = new FaultRun(start, own());
            run._faulty.FailAt(i, error);
            await run.TryAsync(act);
            // Connectors work side by side: a run may have a few operations less than another.
            run.Failed = i < run._faulty.Operations.Count ? $"{error} of operation {i}, {run._faulty.Operations[i]}" : "nothing failed";
            run._faulty.FailAt(-1, error);
            yield return run;
        }
    }

    /// <summary>The disk is full, after more and more octets, until all that is done fits.</summary>
    public static async IAsyncEnumerable<FaultRun> EachSizeAsync(Func<CrashingFileSystem, Task> fill, int step)
    {
        var start = await Recording.PrepareAsync(fill);
        var used = start.Files.Sum(file => file.Data.Octets.Length);
        for (var free = 0; ; free += step)
        {
            using var run = new FaultRun(start, new RecordingConnector());
            run.Disk.Capacity = used + free;
            run.Failed = $"{free} octets were free";
            await run.TryAsync(RunAsync);
            var fitted = !run.Disk.Now.Files.Any(file => file.Path.StartsWith(MailSystem.Pickup, StringComparison.Ordinal) && file.Path.EndsWith(".eml", StringComparison.Ordinal));
            yield return run;
            if (fitted)
                yield break;
        }
    }

    /// <summary>Whatever fails: everything is delivered, once unless it was handed over and could not be deleted, and so are the next messages.</summary>
    public static async Task AssertAsync(IAsyncEnumerable<FaultRun> runs, params Expected[] expected)
    {
        await foreach (var run in runs)
        {
            try
            {
                await run.AssertRecoversAsync(expected);
            }
            catch (Exception e)
            {
                Assert.Fail($"{run.Failed}\n{run.Disk.Now}\n{e}");
            }
        }
    }

    private async Task AssertRecoversAsync(Expected[] expected)
    {
        var after = new Inventory(Disk.Now);
        after.AssertNothingPartial();
        var before = Disk.Start.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(Disk.Now.Files, file => file.Path.Contains(".eml.", StringComparison.Ordinal) && !before.Contains(file.Path));
        var mayDouble = expected.Where(mail => after.IsInPickup(mail.Number) && after.Dropped(mail.Directory).Any(file => file.Mail!.Value.Number == mail.Number)).ToHashSet();
        Disk.Capacity = long.MaxValue;
        Disk.File.WriteAllBytes(MailSystem.Pickup + "/next.eml", TestMail.Composed(9, "r@a.test"));
        await FinishAsync();
        Disk.File.WriteAllBytes(MailSystem.Pickup + "/last.eml", TestMail.Composed(10, "r@a.test", "r@b.test"));
        await System.RunAsync();
        AssertDelivered([.. expected, new Expected(9, "a", "r@a.test"), new Expected(10, "a", "r@a.test"), new Expected(10, "b", "r@b.test")], mayDouble);
    }

    /// <summary>The disk is well, time passes, everything is tried again; in the end another host starts.</summary>
    public async Task FinishAsync()
    {
        for (var round = 0; round < 3; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            // As the processor does every minute.
            await System.DeliveryQueue.LoadAsync(CancellationToken.None);
            await TryAsync(RunAsync);
        }
        await RestartAsync();
        await System.RunAsync();
    }

    public Task RestartAsync()
    {
        System.Dispose();
        System = new MailSystem(_faulty, _faulty, _time, Own);
        return System.StartAsync();
    }

    public void Dispose() => System.Dispose();

    private static async Task<object?> RunAsync(MailSystem system)
    {
        await system.RunAsync();
        return null;
    }

    // What a caller is told with an exception is told; a host that cannot start is started again.
    private async Task TryAsync(Func<MailSystem, Task<object?>> act)
    {
        try
        {
            Result = await act(System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await RestartAsync();
        }
    }

    private void AssertDelivered(Expected[] expected, HashSet<Expected> mayDouble)
    {
        var end = new Inventory(Disk.Now);
        end.AssertNothingPartial();
        end.AssertNothingStray();
        foreach (var mail in expected)
        {
            var copies = end.Dropped(mail.Directory).Where(file => file.Mail!.Value.Number == mail.Number).ToArray();
            Assert.True(copies.Length >= 1 && copies.Length <= (mayDouble.Contains(mail) ? 2 : 1), $"message {mail.Number} came {copies.Length} times");
            Assert.All(copies, copy => Assert.Equal((mail.Number, mail.Receivers, copies[0].Mail!.Value.MessageId), copy.Mail!.Value));
        }
    }
}
