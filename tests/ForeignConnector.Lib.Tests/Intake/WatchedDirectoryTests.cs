using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;

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

    [Fact(DisplayName = "PU-4: what a process left claimed becomes .eml at the first look, beside a new file of its name, and is delivered")]
    public async Task Recovers_at_start()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good.Replace("{0}", "old", StringComparison.Ordinal), "a.tmp", TimeSpan.FromHours(1));
        Put(bench, "a.eml", 1);

        Assert.Equal(new PassResult { Accepted = 2 }, await bench.PassAsync());

        Assert.Equal(["old", "a.eml"], Subjects(bench));
        Assert.Empty(bench.Names);
        Assert.Equal([EventIds.ClaimsRecovered], Logged(bench));
    }

    [Theory(DisplayName = "PU-13: later, a claim that nobody holds is taken back only when it has been quiet for 10 seconds: another program may be composing it")]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    public async Task Recovers_later(int age, int accepted)
    {
        var bench = IntakeBench.ForPickup();
        await bench.PassAsync();
        bench.Put(Good, "a.tmp", TimeSpan.FromSeconds(age));

        Assert.Equal(new PassResult { Accepted = accepted }, await bench.PassAsync());
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
