using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>The pump: which files are taken, when, and what happens when something goes wrong.</summary>
public class WatchedDirectoryTests
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\nSubject: {0}\r\n\r\nbody";

    private static readonly string[] Extensions = [".txt", ".emlx", ".eml.part", ".bad", ".EML~", ""];

    [Fact(DisplayName = "PU-1: oldest first, by name among equals; the extension counts without case, and nothing else is taken")]
    public async Task Order()
    {
        var bench = IntakeBench.ForPickup();
        Put(bench, "b.eml", 3);
        Put(bench, "C.EML", 3);
        Put(bench, "new.eml", 2);
        Put(bench, "a.eMl", 3);
        foreach (var extension in Extensions)
            Put(bench, "other" + extension, 4);

        Assert.Equal(new PassResult { Accepted = 4 }, await bench.PassAsync());

        Assert.Equal(["C.EML", "a.eMl", "b.eml", "new.eml"], Subjects(bench));
        Assert.Equal(Extensions.Select(extension => "other" + extension).Order(StringComparer.Ordinal), bench.Names);
    }

    [Fact(DisplayName = "DR-5: submissions are named in the order of claims")]
    public async Task Ids_in_order()
    {
        var bench = IntakeBench.ForPickup();
        for (var i = 0; i < 20; i++)
            Put(bench, $"{i * 7 % 20}.eml", 20 - i);

        await bench.PassAsync();

        Assert.Equal(bench.Intake.Messages.OrderBy(message => message.Id.AcceptedAt), bench.Intake.Messages);
        Assert.Equal(20, bench.Intake.Messages.Select(message => message.Id.AcceptedAt).Distinct().Count());
    }

    [Fact(DisplayName = "PU-2: a file is left until it has been quiet for the settle time, and counts again when it is written to")]
    public async Task Settles()
    {
        var bench = IntakeBench.ForPickup(watch: new() { SettleTime = TimeSpan.FromSeconds(3) });
        bench.Put("half of a me", age: TimeSpan.FromSeconds(2));
        Assert.Equal(new PassResult { Unsettled = 1 }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Put(Good, age: TimeSpan.Zero);
        Assert.Equal(new PassResult { Unsettled = 1 }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(new PassResult { Unsettled = 1 }, await bench.PassAsync());

        bench.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "PU-2: a file from a clock that is ahead is taken when it has stood still for the settle time")]
    public async Task Settles_by_standing_still()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good, age: TimeSpan.FromHours(-1));
        Assert.Equal(new PassResult { Unsettled = 1 }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "PU-3: never more than the limit in any 60 seconds, by the clock that was passed in; the rest waits and keeps its order")]
    public async Task Rate_limit()
    {
        var bench = IntakeBench.ForPickup(watch: new() { MaxMessagesPerMinute = 3, SettleTime = TimeSpan.Zero });
        for (var i = 0; i < 8; i++)
            Put(bench, $"{i}.eml", 10 - i);

        Assert.Equal(new PassResult { Accepted = 3, RateLimited = true }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Equal(new PassResult { RateLimited = true }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(new PassResult { Accepted = 3, RateLimited = true }, await bench.PassAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(new PassResult { Accepted = 2 }, await bench.PassAsync());

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}.eml"), Subjects(bench));
    }

    [Fact(DisplayName = "PU-3: Pickup and Replay have a limit each; without one everything is taken")]
    public async Task No_rate_limit()
    {
        var bench = IntakeBench.ForPickup(watch: new() { MaxMessagesPerMinute = null });
        for (var i = 0; i < 300; i++)
            Put(bench, $"{i}.eml", 1);

        Assert.Equal(new PassResult { Accepted = 300 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "PU-4: name.tmp while it is worked on, and gone only after it was accepted")]
    public async Task Claims_by_renaming()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Intake.Script = (_, _) =>
        {
            Assert.Equal(["a.tmp"], bench.Names);
            return new(AcceptResult.Complete);
        };

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "PU-4: a file whose hand-over fails has its name again, is tried again with the same key, and the outage is logged once")]
    public async Task Hand_over_failure()
    {
        var bench = IntakeBench.ForPickup();
        var keys = new List<UInt128>();
        bench.Intake.Script = (item, _) =>
        {
            keys.Add(item.Id.Key);
            throw new IOException("no space");
        };
        bench.Put(Good);
        Put(bench, "b.eml", 1);

        Assert.Equal(new PassResult { Left = 2 }, await bench.PassAsync());
        Assert.Equal(new PassResult { Left = 2 }, await bench.PassAsync());
        Assert.Equal(["a.eml", "b.eml"], bench.Names);
        Assert.Equal([EventIds.HandOverFailed], Logged(bench));
        bench.Intake.Script = (item, _) =>
        {
            keys.Add(item.Id.Key);
            return new(AcceptResult.Complete);
        };
        Assert.Equal(new PassResult { Accepted = 2 }, await bench.PassAsync());

        Assert.Equal(2, keys.Distinct().Count());
        Assert.Equal([EventIds.HandOverFailed], Logged(bench));
    }

    [Fact(DisplayName = "PU-4: a file that cannot be handed over while others can is logged once")]
    public async Task One_file_fails()
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.Script = (item, _) => item.Content.Length > 1000 ? throw new IOException("no space") : new(AcceptResult.Complete);
        bench.Put(Good + new string('x', 1000));
        for (var i = 0; i < 3; i++)
        {
            Put(bench, "b.eml", 1);
            Assert.Equal(new PassResult { Accepted = 1, Left = 1 }, await bench.PassAsync());
        }

        Assert.Equal([EventIds.HandOverFailed], Logged(bench));
    }

    [Fact(DisplayName = "PU-4: a second outage is logged again")]
    public async Task Two_outages()
    {
        var bench = IntakeBench.ForPickup();
        for (var i = 0; i < 2; i++)
        {
            bench.Intake.Script = (_, _) => throw new IOException("no space");
            bench.Put(Good);
            await bench.PassAsync();
            bench.Intake.Script = (_, _) => new(AcceptResult.Complete);
            await bench.PassAsync();
        }

        Assert.Equal([EventIds.HandOverFailed, EventIds.HandOverFailed], Logged(bench));
    }

    [Fact(DisplayName = "BM-1: a bad file never stops the next; it is kept with its reason beside an older one of its name, and is not looked at again")]
    public async Task Bad_files()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put("older", "a.bad");
        bench.Put("junk", age: TimeSpan.FromHours(1));
        Put(bench, "b.eml", 1);

        Assert.Equal(new PassResult { Accepted = 1, BadMail = 1 }, await bench.PassAsync());
        Assert.Equal(default, await bench.PassAsync());

        Assert.Equal(["a.bad", "a20260131235958000.bad", "a20260131235958000.bad.txt"], bench.Names);
        Assert.Equal("older", bench.Read("a.bad"));
        Assert.Contains("File: a.eml\nDirectory: Pickup\nTime: 2026-01-31T23:59:58Z\nRule: PU-5\n", bench.Read("a20260131235958000.bad.txt"), StringComparison.Ordinal);
        Assert.Equal([EventIds.BadMail], Logged(bench));
    }

    [Fact(DisplayName = "PU-13: what a process of this host left claimed is taken back at the first look, beside a new file of its name, and told")]
    public async Task Recovers_at_start()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good.Replace("{0}", "old", StringComparison.Ordinal), "a.eml", TimeSpan.FromHours(1));
        bench.Crash("a.eml");
        Put(bench, "a.eml", 1);

        Assert.Equal(new PassResult { Accepted = 2 }, await bench.PassAsync());

        Assert.Equal(["a.eml", "old"], Subjects(bench));
        Assert.Empty(bench.Names);
        Assert.Equal([EventIds.ClaimsRecovered], Logged(bench));
    }

    [Theory(DisplayName = "PU-14: a .tmp that this host did not claim is its writer's, however old, at start and later; it is told of once")]
    [InlineData("compose.tmp", 1)]
    [InlineData("compose.tmp", 1_000_000)]
    [InlineData("Notes.TMP", 60)]
    [InlineData("a20260131235958765.tmp", 60)]
    public async Task Foreign_temporaries(string name, int age)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good, name, TimeSpan.FromSeconds(age));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(default, await bench.PassAsync());
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            if (i == 1)
                bench.Restart();
        }

        Assert.Equal([name], bench.Names);
        Assert.Equal(Good, bench.Read(name));
        // Once in the life of each process.
        Assert.Equal([EventIds.ForeignTemporaries, EventIds.ForeignTemporaries], Logged(bench));
    }

    [Theory(DisplayName = "PU-14: RecoverForeignClaims takes back every .tmp that has been quiet for 10 seconds, as Exchange does; another program may be composing a younger one")]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    public async Task Recovers_foreign_claims(int age, int accepted)
    {
        var bench = IntakeBench.ForPickup(watch: new WatchedDirectoryOptions { RecoverForeignClaims = true });
        bench.Put(Good, "a.tmp", TimeSpan.FromSeconds(age));

        Assert.Equal(new PassResult { Accepted = accepted }, await bench.PassAsync());
    }

    [Theory(DisplayName = "PU-14: claims of this host are found among 20,000 names in .tmp of others, which are told of in one line")]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("z2026013123")]
    public async Task Junk(string front)
    {
        var bench = IntakeBench.ForPickup();
        for (var i = 0; i < 20_000; i++)
            bench.Put("junk", $"{front}{i:00000}.tmp");
        bench.Put(Good, "z.eml");
        bench.Crash("z.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Equal(20_000, bench.Names.Length);
        Assert.Equal([EventIds.ClaimsRecovered, EventIds.ForeignTemporaries], Logged(bench));
    }

    [Theory(DisplayName = "PU-1: a name that begins with a dot is its writer's: the commonest way to compose")]
    [InlineData(".x.eml")]
    [InlineData(".eml")]
    [InlineData(".order.tmp")]
    public async Task Hidden(string name)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good, name, TimeSpan.FromHours(1));

        Assert.Equal(default, await bench.PassAsync());

        Assert.Equal([name], bench.Names);
        Assert.Empty(Logged(bench));
    }

    [Fact(DisplayName = "SE-1: a .crashes file, or anything else beside a message, means nothing to us and is not touched")]
    public async Task Files_that_look_like_state()
    {
        var bench = IntakeBench.ForPickup();
        string[] others = ["a.crashes", "notes.crashes", "a.json", "claims-pickup-0123456789abcdef.txt"];
        Array.ForEach(others, name => bench.Put("Crashes: 9", name));
        bench.Put(Good);

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Equal(others.Order(StringComparer.Ordinal), bench.Names);
    }

    [Fact(DisplayName = "SE-6: files that cannot be handed over use up nothing of the minute: a hundred of them hold up nobody")]
    public async Task Failing_files_use_up_nothing()
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.Script = (item, _) => item.Envelope.Recipients[0].Address.StartsWith("stuck", StringComparison.Ordinal) ? throw new IOException("no folder") : new(AcceptResult.Complete);
        for (var i = 0; i < 250; i++)
            bench.Put("From: a@x.test\r\nTo: stuck@x.test\r\n\r\n", $"old{i:000}.eml", TimeSpan.FromHours(1));
        for (var i = 0; i < 100; i++)
            Put(bench, $"new{i:000}.eml", 1);

        Assert.Equal(new PassResult { Accepted = 100, Left = 250, RateLimited = false }, await bench.PassAsync());
    }

    [Theory(DisplayName = "PU-3: when the limit holds files back, that is logged once per outage with the number that wait")]
    [InlineData("Pickup", 100, 250)]
    [InlineData("Replay", 100, 250)]
    [InlineData("Pickup", 1, 4)]
    [InlineData("Replay", 7, 8)]
    public async Task Tells_of_the_limit(string source, int limit, int count)
    {
        var watch = new WatchedDirectoryOptions { MaxMessagesPerMinute = limit };
        var bench = source == "Pickup" ? IntakeBench.ForPickup(watch: watch) : IntakeBench.ForReplay(watch: watch);
        Fill(count);
        for (var i = 0; i < 5; i++)
            await bench.PassAsync();
        Assert.Equal(
            $"{source}: the limit of {limit} messages a minute holds back {count - limit} files", Assert.Single(bench.Logger.Collector.GetSnapshot()).Message);
        for (var taken = limit; taken < count; taken += limit)
        {
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            await bench.PassAsync();
        }
        Assert.Empty(bench.Names);
        Fill(limit + 1);
        await bench.PassAsync();

        Assert.Equal([EventIds.RateLimited, EventIds.RateLimited], Logged(bench));

        void Fill(int files)
        {
            for (var i = 0; i < files; i++)
                bench.Put((source == "Replay" ? "X-Sender: <a@x.test>\r\nX-Receiver: <b@x.test>\r\n" : "") + "From: a@x.test\r\nTo: b@x.test\r\n\r\n", $"{i:000}.eml");
        }
    }

    [Fact(DisplayName = "SE-5: what does not fit the free space waits unread and unclaimed, is told of once, and holds up nobody")]
    public async Task No_room()
    {
        var bench = IntakeBench.ForPickup();
        bench.Gate.Room = 2000;
        bench.Put(Good + new string('x', 5000));
        Put(bench, "b.eml", 1);

        Assert.Equal(new PassResult { Accepted = 1, Left = 1 }, await bench.PassAsync());
        Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
        Assert.Equal(["a.eml"], bench.Names);
        Assert.Equal([EventIds.FileSkipped], Logged(bench));
        bench.Gate.Room = long.MaxValue;

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Theory(DisplayName = "SE-5: what exceeds every limit is refused with 5.3.4, without its body being read or the free space being asked")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Larger_than_every_limit(bool fits)
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.MaxMessageSize = 1000;
        bench.Gate.Room = fits ? long.MaxValue : 2000;
        bench.Put(Good + new string('x', 200_000));

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Empty(bench.Intake.Messages);
        Assert.Equal(EnhancedStatusCode.MessageTooBig, Assert.Single(Assert.Single(bench.Reports.Reports).Asked.Outcomes).Status);
    }

    [Fact(DisplayName = "PU-1: a missing directory is told of once, and so is its return")]
    public async Task Outage_of_the_directory()
    {
        var bench = IntakeBench.ForPickup();
        bench.Files.Directory.Delete(IntakeBench.Directory);
        Assert.Equal(default, await bench.PassAsync());
        Assert.Equal(default, await bench.PassAsync());
        bench.Put(Good);

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Equal([EventIds.DirectoryUnavailable, EventIds.DirectoryAvailable], Logged(bench));
    }

    [Fact(DisplayName = "PU-4: cancelled in the middle of a hand-over, the file has its name again and nothing more is claimed")]
    public async Task Cancellation_releases()
    {
        var bench = IntakeBench.ForPickup();
        using var stop = new CancellationTokenSource();
        bench.Intake.Script = async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return AcceptResult.Complete;
        };
        bench.Put(Good);
        Put(bench, "b.eml", 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Watched.ProcessPendingAsync(stop.Token));

        Assert.Equal(["a.eml", "b.eml"], bench.Names);
        bench.Intake.Script = (_, _) => new(AcceptResult.Complete);
        Assert.Equal(new PassResult { Accepted = 2 }, await bench.PassAsync());
        Assert.Empty(Logged(bench));
    }

    [Fact(DisplayName = "TR-1: an accepted file is recorded with its name, sender, recipients and size")]
    public async Task Records_what_was_received()
    {
        var bench = IntakeBench.ForReplay();
        bench.Put("X-Sender: <>\r\nX-Receiver: <a@x.com>\r\nX-Receiver: <b@x.com>\r\n\r\nbody", "r.eml");
        bench.Intake.Script = (_, _) =>
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(7));
            return new(AcceptResult.Complete);
        };

        await bench.PassAsync();

        var happened = Assert.Single(bench.Trail.Events);
        Assert.Equal((TrackingEventKind.Receive, TrackingSource.Replay, "r.eml", ""), (happened.Kind, happened.Source, happened.FileName, happened.Sender));
        Assert.Equal(["a@x.com", "b@x.com"], happened.Recipients.Select(recipient => recipient.Address));
        Assert.Equal((Assert.Single(bench.Intake.Messages).Id, TimeSpan.FromMilliseconds(7)), (happened.Id, happened.Duration));
    }

    [Fact(DisplayName = "Back pressure: a closed gate claims nothing, a slow one a few files in a pass, an open one the rest, in order")]
    public async Task Gate()
    {
        var bench = IntakeBench.ForPickup();
        for (var i = 0; i < 25; i++)
            Put(bench, i.ToString("00", CultureInfo.InvariantCulture) + ".eml", 1);

        bench.Gate.Pace = IntakePace.Closed;
        Assert.Equal(new PassResult { HeldBack = true }, await bench.PassAsync());
        bench.Gate.Pace = IntakePace.Slow;
        Assert.Equal(new PassResult { Accepted = 10, HeldBack = true }, await bench.PassAsync());
        bench.Gate.Pace = IntakePace.Open;
        Assert.Equal(new PassResult { Accepted = 15 }, await bench.PassAsync());

        Assert.Equal(Subjects(bench).Order(StringComparer.Ordinal), Subjects(bench));
    }

    private static void Put(IntakeBench bench, string name, int minutes) =>
        bench.Put(Good.Replace("{0}", name, StringComparison.Ordinal), name, TimeSpan.FromMinutes(minutes));

    private static IEnumerable<string> Subjects(IntakeBench bench) => bench.Intake.Messages.Select(message => Line(message.Octets, "Subject: "));

    private static string Line(string octets, string field) => octets.Split("\r\n").Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..];

    private static IEnumerable<int> Logged(IntakeBench bench) => bench.Logger.Collector.GetSnapshot().Select(record => record.Id.Id);
}
