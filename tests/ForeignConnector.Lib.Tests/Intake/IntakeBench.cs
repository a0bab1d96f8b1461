using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>One watched directory in memory, with everything around it recorded. Text stands for octets, one for each character (Latin-1).</summary>
internal sealed class IntakeBench
{
    public const string Directory = "/watched";

    public const string PickupReceived = "Received: from Pickup by hub01.contoso.com with FC id 1.2; Sat, 31 Jan 2026 23:59:58 +0000\r\n";
    public const string ReplayReceived = "Received: from hub01.contoso.com by Replay with FC on hub01.contoso.com id 1.2; Sat, 31 Jan 2026 23:59:58 +0000\r\n";

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 23, 59, 58, TimeSpan.Zero);

    private const string Journals = "/journals";

    private readonly Func<IntakeBench, WatchedDirectory> _create;
    private int _lives;

    private IntakeBench(Func<IntakeBench, WatchedDirectory> create)
    {
        _create = create;
        Files.AddDirectory(Directory);
    }

    public MockFileSystem Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(Now);

    public FakeLogger<WatchedDirectory> Logger { get; } = new();

    public RecordingIntake Intake { get; } = new();

    public WatchedDirectory Watched { get => field ??= _create(this); private set; }

    private int PoisonThreshold { get; init; } = 2;

    public string[] Names => [.. Files.Directory.GetFiles(Directory).Select(path => Files.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The journals of claims there are; none once nothing is claimed and the process has ended.</summary>
    public string[] JournalNames => Files.Directory.Exists(Journals) ? [.. Files.Directory.GetFiles(Journals).Select(path => Files.Path.GetFileName(path))] : [];

    private string Logged => string.Join('\n', Logger.Collector.GetSnapshot().Select(record => $"{record.Message} {record.Exception}"));

    public RecordingReports Reports { get; } = new();

    public RecordingTrail Trail { get; } = new();

    public ScriptedGate Gate { get; } = new();

    public IntakeContext Context { get => field ??= NewContext(); private set; }

    private IntakeContext NewContext() => new()
    {
        Identity = new("hub01.contoso.com", "contoso.com", "FC", "1.2"),
        Ids = new SubmissionIdSource(Time, new Random(++_lives)),
        Intake = Intake,
        Reports = Reports,
        Trail = Trail,
        Gate = Gate,
        // One file after the other: what a test sees is always the same.
        MaxConcurrency = 1,
        PoisonThreshold = PoisonThreshold,
        JournalDirectory = Journals,
        Files = Files,
        Time = Time,
        Logger = Logger,
    };

    public static IntakeBench ForPickup(PickupOptions? options = null, WatchedDirectoryOptions? watch = null, int poisonThreshold = 2) =>
        new(bench => WatchedDirectory.ForPickup(Directory, watch ?? new WatchedDirectoryOptions(), options ?? new PickupOptions(), bench.Context))
        {
            PoisonThreshold = poisonThreshold,
        };

    public static IntakeBench ForReplay(ReplayOptions? options = null, WatchedDirectoryOptions? watch = null) =>
        new(bench => WatchedDirectory.ForReplay(Directory, watch ?? new WatchedDirectoryOptions(), options ?? new ReplayOptions(), bench.Context));

    /// <summary>Nobody can be told that a message was refused.</summary>
    public IntakeBench WithoutReports()
    {
        Reports.Script = _ => new(SenderReportResult.Impossible);
        return this;
    }

    /// <summary>Writes a file that has been quiet for a minute.</summary>
    public void Put(string octets, string name = "a.eml", TimeSpan? age = null) =>
        Files.AddFile(PathOf(name), new MockFileData(Encoding.Latin1.GetBytes(octets)) { LastWriteTime = Time.GetUtcNow() - (age ?? TimeSpan.FromMinutes(1)) });

    public string Read(string name) => Files.File.ReadAllText(PathOf(name));

    /// <summary>The process dies while it works on some files together, and starts again.</summary>
    public void Crash(params string[] claimed) => Crash(ClaimState.Working, claimed);

    /// <summary>The process dies while it works on some files, and starts again. A file that is claimed already was worked on again.</summary>
    public void Crash(ClaimState state, params string[] claimed)
    {
        var platform = PlatformFiles.For(Files);
        Context.Dispose();
        using (var journal = new ClaimJournal(Journals, Watched.Source, Directory, Files, platform))
        {
            foreach (var record in journal.TakeOver())
            {
                if (claimed.Contains(record.FileName))
                    journal.Mark(record, state);
            }
            foreach (var name in claimed.Where(name => Files.File.Exists(PathOf(name))))
            {
                using var claim = FileClaim.TryOpen(Files, platform, Time, PathOf(name), out _)!;
                var record = new ClaimRecord(name, claim.ClaimNames.First(), claim.File.Facts, Context.Ids.Next().Key) { State = state };
                journal.Write([record]);
                Assert.Equal(MoveResult.Moved, claim.Take(record.ClaimName));
            }
        }
        Restart();
    }

    /// <summary>The process ends in order, and starts again.</summary>
    public void Restart()
    {
        Context.Dispose();
        Context = NewContext();
        Watched = _create(this);
    }

    public Task<PassResult> PassAsync() => Watched.ProcessPendingAsync(CancellationToken.None);

    /// <summary>What the journals of claims say.</summary>
    public string JournalText()
    {
        var text = new System.Text.StringBuilder();
        foreach (var path in Files.Directory.GetFiles(Journals))
        {
            using var reader = new StreamReader(Files.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            text.Append(reader.ReadToEnd());
        }
        return text.ToString();
    }

    /// <summary>One look of the loop of a host: others follow.</summary>
    public async Task<PassResult> LookAsync() => (await Watched.PollAsync(isLoop: true, CancellationToken.None)).Result;

    /// <summary>Takes one file in, which must be accepted.</summary>
    public async Task<RecordingIntake.Message> AcceptAsync(string octets)
    {
        Put(octets);
        var result = await PassAsync();
        Assert.True(result == new PassResult { Accepted = 1 }, $"{result}: {Logged}");
        Assert.Empty(Names);
        var message = Assert.Single(Intake.Messages);
        Assert.Equal(message.Octets.Length, message.Length);
        return message;
    }

    /// <summary>Takes one file in, which must be badmail; returns the file with the reason.</summary>
    public async Task<string> RefuseAsync(string octets)
    {
        Put(octets);
        var result = await PassAsync();
        Assert.True(result == new PassResult { BadMail = 1 }, $"{result}: {Logged}");
        Assert.Empty(Intake.Messages);
        Assert.Equal(["a.bad", "a.bad.txt"], Names);
        return Read("a.bad.txt");
    }

    public string PathOf(string name) => Files.Path.Combine(Directory, name);
}
