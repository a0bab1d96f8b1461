using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Watching;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>ND-4: what the process dies of is set aside, and nothing else is.</summary>
public class PoisonTests
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\n{0}";

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    [Fact(DisplayName = "ND-4: what was in hand when the process died is worked on after the others, and one success clears it")]
    public async Task Suspects_come_last()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good, "a.eml");
        bench.Put(Good, "b.eml", TimeSpan.FromSeconds(30));
        var bodies = new List<string>();
        bench.Intake.Script = (item, _) =>
        {
            bodies.AddRange(bench.Names.Where(name => name.EndsWith(".tmp", StringComparison.Ordinal)));
            return new(AcceptResult.Complete);
        };
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { Accepted = 2 }, await bench.LookAsync());

        Assert.Equal(["a.tmp", "b.tmp", "a.tmp"], bodies);
        Assert.Empty(bench.Names);
        bench.Restart();
        Assert.Empty(bench.JournalNames);
    }

    [Theory(DisplayName = "ND-4: however often a host is killed, mail that was in hand together with other mail, or early in the life of the process, is never set aside")]
    [InlineData(nameof(ClaimState.Working))]
    [InlineData(nameof(ClaimState.Early))]
    public async Task Innocent(string state)
    {
        var bench = IntakeBench.ForPickup();
        string[] names = ["a.eml", "b.eml"];
        Array.ForEach(names, name => bench.Put(Good, name));
        for (var i = 0; i < 50; i++)
            bench.Crash(Enum.Parse<ClaimState>(state), names);
        bench.Time.Advance(Quiet);

        Assert.Equal(new PassResult { Accepted = 2 }, await bench.LookAsync());

        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "ND-4: what the process died with alone waits until the process has run quietly for a while; the others do not wait for it")]
    public async Task Waits_for_quiet()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good, "a.eml");
        bench.Crash(ClaimState.Early, "a.eml");
        bench.Put(Good, "b.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.LookAsync());
        Assert.Equal(["a.tmp"], bench.Names);
        bench.Time.Advance(Quiet - TimeSpan.FromSeconds(1));
        Assert.Equal(default, await bench.LookAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new PassResult { Accepted = 1 }, await bench.LookAsync());
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "ND-4: a single round, which no other follows, does not wait for quiet")]
    public async Task Once()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash(ClaimState.Early, "a.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "ND-4: after the second crash of its own it is set aside with the reason, logged and recorded once, and the others go on")]
    public async Task Second_crash()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Put(Good, "b.eml");
        bench.Crash(ClaimState.Alone, "a.eml");
        bench.Crash(ClaimState.Alone, "a.eml");

        Assert.Equal(new PassResult { Accepted = 1, Poison = 1 }, await bench.LookAsync());
        Assert.Equal(default, await bench.LookAsync());

        Assert.Equal(["a.poison", "a.poison.txt"], bench.Names);
        Assert.Equal(Good, bench.Read("a.poison"));
        Assert.Contains("Rule: ND-4\nReason: the process ended 2 times while it worked on this file alone\n", bench.Read("a.poison.txt"), StringComparison.Ordinal);
        Assert.Single(bench.Logger.Collector.GetSnapshot(), record => record.Id.Id == EventIds.PoisonMessage);
        var happened = Assert.Single(bench.Trail.Events, happened => happened.Kind == TrackingEventKind.PoisonMessage);
        Assert.Equal((TrackingSource.Pickup, "a.eml"), (happened.Source, happened.FileName));
    }

    [Fact(DisplayName = "ND-4: after a quiet while a suspect is noted as worked on alone, before it only as early, so that a crash can be told from a kill")]
    public async Task Notes_what_a_death_would_mean()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash("a.eml");
        var states = new List<string>();
        bench.Intake.Script = (_, _) =>
        {
            states.Add(bench.JournalText());
            throw new IOException("not ready");
        };
        await bench.LookAsync();
        bench.Time.Advance(Quiet);
        await bench.LookAsync();

        Assert.Equal(2, states.Count);
        Assert.Contains("\nEarly ", states[0], StringComparison.Ordinal);
        Assert.Contains("\nAlone ", states[1], StringComparison.Ordinal);
        Assert.Contains("\nWaiting ", bench.JournalText(), StringComparison.Ordinal);
        Assert.Contains(" a.tmp a.eml ", bench.JournalText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-4: released by giving it back its name, it has as many attempts as before")]
    public async Task Released()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash(ClaimState.Alone, "a.eml");
        bench.Crash(ClaimState.Alone, "a.eml");
        await bench.PassAsync();
        bench.Files.File.Move(bench.PathOf("a.poison"), bench.PathOf("a.eml"));
        bench.Crash(ClaimState.Alone, "a.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "ND-4, SE-2: a new file with the name of a claim is not blamed for the old one, and stays its writer's")]
    public async Task New_file_of_the_same_name()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash(ClaimState.Alone, "a.eml");
        bench.Crash(ClaimState.Alone, "a.eml");
        bench.Files.File.Delete(bench.PathOf("a.tmp"));
        bench.Put(Good + "longer", "a.tmp", age: TimeSpan.FromSeconds(30));

        Assert.Equal(default, await bench.PassAsync());

        Assert.Equal(["a.tmp"], bench.Names);
        Assert.Empty(bench.Intake.Messages);
    }

    [Fact(DisplayName = "ND-4: a claim whose file was taken away is forgotten")]
    public async Task Forgets_what_is_gone()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash("a.eml");
        bench.Files.File.Delete(bench.PathOf("a.tmp"));
        for (var i = 0; i < 2; i++)
            Assert.Equal(default, await bench.PassAsync());

        bench.Restart();
        Assert.Empty(bench.JournalNames);
    }

    [Fact(DisplayName = "ND-4: a suspect that is badmail in the end is set aside as such")]
    public async Task Badmail_in_the_end()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put("junk");
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        Assert.Equal(["a.bad", "a.bad.txt"], bench.Names);
    }

    [Fact(DisplayName = "ND-4: an I/O error is no crash and acquits nobody: the suspect stays claimed and is tried again")]
    public async Task Failure_is_no_crash()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash("a.eml");
        bench.Intake.Script = (_, _) => throw new IOException("not ready");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new PassResult { Left = 1 }, await bench.LookAsync());
            Assert.Equal(["a.tmp"], bench.Names);
            bench.Restart();
        }
        bench.Intake.Script = (_, _) => new(AcceptResult.Complete);

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.LookAsync());

        Assert.Empty(bench.Names);
    }

    [Theory(DisplayName = "ND-4: the threshold is an option, 1 to 10")]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Threshold(int threshold)
    {
        var bench = IntakeBench.ForPickup(poisonThreshold: threshold);
        bench.Put(Good);
        for (var crash = 1; crash < threshold; crash++)
            bench.Crash(ClaimState.Alone, "a.eml");
        Assert.Empty(bench.Trail.Events);
        bench.Crash(ClaimState.Alone, "a.eml");

        Assert.Equal(new PassResult { Poison = 1 }, await bench.PassAsync());
    }

    [Theory(DisplayName = "ND-4: names that are as long as names can be, and odd ones, are counted as well")]
    [InlineData('n', 251)]
    [InlineData('\u00fc', 125)]
    [InlineData('%', 251)]
    [InlineData(' ', 251)]
    public async Task Long_names(char letter, int length)
    {
        var bench = IntakeBench.ForPickup();
        var name = new string(letter, length - 1) + "x.eml";
        bench.Put(Good, name);
        bench.Crash(ClaimState.Alone, name);
        bench.Crash(ClaimState.Alone, name);

        Assert.Equal(new PassResult { Poison = 1 }, await bench.PassAsync());
        Assert.All(bench.Names, left => Assert.InRange(left.Length, 1, 255));
    }

    [Fact(DisplayName = "BM-1: badmail whose reason cannot be written keeps its name and is no crash; it is set aside when there is room")]
    public async Task Reason_that_cannot_be_written()
    {
        var bench = IntakeBench.ForPickup().WithoutReports();
        bench.Put("no message\r\n");
        bench.Files.AddDirectory(bench.PathOf("a.bad"));
        bench.Put("somebody's", "a.bad.txt");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        Assert.Equal("somebody's", bench.Read("a.bad.txt"));
        Assert.Equal(3, bench.Names.Length);
    }
}
