using System.Globalization;
using System.IO.Abstractions;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>Files that are worked on at the same time, on a real directory.</summary>
public sealed class ParallelIntakeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _journals = new();
    private readonly TempDirectory _temp = new();
    private readonly RecordingIntake _intake = new();
    private readonly ScriptedGate _gate = new();
    private readonly IntakeContext _context;

    public ParallelIntakeTests() => _context = new IntakeContext
    {
        Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2"),
        JournalDirectory = _journals.Path,
        Ids = new SubmissionIdSource(TimeProvider.System, new Random(1)),
        Intake = _intake,
        MaxConcurrency = 4,
        Gate = _gate,
        Files = new FileSystem(),
        Time = TimeProvider.System,
    };

    public void Dispose()
    {
        _context.Dispose();
        _journals.Dispose();
        _temp.Dispose();
    }

    [Fact(DisplayName = "DR-5: as many files as allowed are handed over at the same time, named in the order of claims, whoever is done first")]
    public async Task Overlaps()
    {
        Put(40);
        var waiting = new List<TaskCompletionSource>();
        _intake.Script = async (_, _) =>
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (waiting)
            {
                waiting.Add(mine);
                Assert.InRange(waiting.Count, 1, 4);
                // Four are here: the last goes first.
                if (waiting.Count == 4)
                {
                    waiting.Reverse();
                    waiting.ForEach(other => other.SetResult());
                    waiting.Clear();
                }
            }
            await mine.Task.WaitAsync(Patience, CancellationToken.None);
            return AcceptResult.Complete;
        };

        Assert.Equal(new PassResult { Accepted = 40 }, await PassAsync());

        Assert.Equal(Enumerable.Range(0, 40).Select(Subject), _intake.Messages.OrderBy(message => message.Id.AcceptedAt).Select(SubjectOf));
        Assert.Empty(_temp.Names);
    }

    [Fact(DisplayName = "Back pressure: a gate that closes lets in no more files than are worked on at the time")]
    public async Task Closes_in_time()
    {
        Put(40);
        var begun = 0;
        var four = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _intake.Script = async (_, _) =>
        {
            if (Interlocked.Increment(ref begun) == 4)
                four.SetResult();
            await four.Task.WaitAsync(Patience, CancellationToken.None);
            _gate.Pace = IntakePace.Closed;
            return AcceptResult.Complete;
        };

        Assert.Equal(new PassResult { Accepted = 4, HeldBack = true }, await PassAsync());
    }

    [Fact(DisplayName = "ND-4: a suspect is worked on alone, when the others have gone")]
    public async Task Suspects_are_alone()
    {
        Put(20);
        LeaveClaimed("10.eml");
        var running = 0;
        var beside = new List<int>();
        _intake.Script = async (item, token) =>
        {
            var others = Interlocked.Increment(ref running) - 1;
            await Task.Yield();
            using (var reader = new StreamReader(item.Content.OpenRead()))
            {
                if ((await reader.ReadToEndAsync(token)).Contains("Subject: 10\r\n", StringComparison.Ordinal))
                    beside.AddRange([others, Volatile.Read(ref running) - 1]);
            }
            Interlocked.Decrement(ref running);
            return AcceptResult.Complete;
        };

        Assert.Equal(new PassResult { Accepted = 20 }, await PassAsync());

        Assert.Equal([0, 0], beside);
        int[] order = [.. Enumerable.Range(0, 20).Where(i => i != 10), 10];
        Assert.Equal(order.Select(Subject), _intake.Messages.OrderBy(message => message.Id.AcceptedAt).Select(SubjectOf));
    }

    // As a process does that dies with the file in hand.
    private void LeaveClaimed(string name)
    {
        var (files, platform) = (new FileSystem(), PlatformFiles.For(new FileSystem()));
        using var journal = new ClaimJournal(_journals.Path, "Pickup", _temp.Path, files, platform);
        using var claim = FileClaim.TryOpen(files, platform, TimeProvider.System, _temp[name], out _)!;
        journal.Write([new ClaimRecord(name, claim.ClaimNames.First(), claim.File.Facts, 1)]);
        Assert.Equal(MoveResult.Moved, claim.Take(claim.ClaimNames.First()));
    }

    [Fact(DisplayName = "PU-4: cancelled while several are handed over, all of them have their names again when the pass has ended")]
    public async Task Cancellation_releases_all()
    {
        Put(10);
        using var stop = new CancellationTokenSource();
        var begun = 0;
        _intake.Script = async (_, token) =>
        {
            if (Interlocked.Increment(ref begun) == 4)
                await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return AcceptResult.Complete;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pump().ProcessPendingAsync(stop.Token).WaitAsync(Patience));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => Subject(i) + ".eml"), _temp.Names);
        Assert.Empty(_intake.Messages);
    }

    [Fact(DisplayName = "PU-3: the limit is exact when files are worked on at the same time")]
    public async Task Rate_limit()
    {
        Put(40);

        Assert.Equal(new PassResult { Accepted = 25, RateLimited = true }, await PassAsync(25));

        Assert.Equal(15, _temp.Names.Length);
    }

    private Task<PassResult> PassAsync(int? limit = null) => Pump(limit).ProcessPendingAsync(CancellationToken.None).WaitAsync(Patience);

    private WatchedDirectory Pump(int? limit = null) =>
        WatchedDirectory.ForPickup(_temp.Path, new() { SettleTime = TimeSpan.Zero, MaxMessagesPerMinute = limit }, new PickupOptions(), _context);

    private void Put(int count)
    {
        for (var i = 0; i < count; i++)
            _temp.Write(Subject(i) + ".eml", $"From: bob@contoso.com\r\nTo: mary@contoso.com\r\nSubject: {Subject(i)}\r\n\r\nbody", DateTime.UnixEpoch.AddMinutes(i));
    }

    private static string Subject(int i) => i.ToString("00", CultureInfo.InvariantCulture);

    private static string SubjectOf(RecordingIntake.Message message) => message.Octets.Split("Subject: ")[1][..2];
}
