using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>ND-4: what the process dies of is set aside, and nothing else is.</summary>
public class PoisonTests
{
    private const string Good = "From: bob@contoso.com\r\nTo: mary@contoso.com\r\n\r\n{0}";

    [Fact(DisplayName = "ND-4: after the first crash a file is tried again, with a record beside it that a person can read; when it is done the record is gone")]
    public async Task First_crash()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Crash("a.eml");
        bench.Intake.Script = (_, _) =>
        {
            Assert.Equal(["a.crashes", "a.tmp"], bench.Names);
            Assert.Contains("File: a.eml\n", bench.Read("a.crashes"), StringComparison.Ordinal);
            Assert.Contains("Crashes: 1\n", bench.Read("a.crashes"), StringComparison.Ordinal);
            return new(AcceptResult.Complete);
        };

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());

        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "ND-4: after the second crash it is set aside with the reason, logged and recorded once, and the others go on")]
    public async Task Second_crash()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        bench.Put(Good, "b.eml");
        await CrashOnAsync(bench, "a.eml");
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { Accepted = 1, Poison = 1 }, await bench.PassAsync());
        Assert.Equal(default, await bench.PassAsync());

        Assert.Equal(["a.poison", "a.poison.txt"], bench.Names);
        Assert.Equal(Good, bench.Read("a.poison"));
        Assert.Contains("Rule: ND-4\nReason: the process ended 2 times while it worked on this file\n", bench.Read("a.poison.txt"), StringComparison.Ordinal);
        Assert.Single(bench.Logger.Collector.GetSnapshot(), record => record.Id.Id == EventIds.PoisonMessage);
        var happened = Assert.Single(bench.Trail.Events, happened => happened.Kind == TrackingEventKind.PoisonMessage);
        Assert.Equal((TrackingSource.Pickup, "a.eml"), (happened.Source, happened.FileName));
    }

    [Fact(DisplayName = "BM-1, ND-4: badmail whose reason cannot be written keeps its name and is no crash; it is set aside when there is room")]
    public async Task Reason_that_cannot_be_written()
    {
        var bench = IntakeBench.ForPickup().WithoutReports();
        bench.Put("no message\r\n");
        bench.Put("an old reason", "a.bad.txt");
        bench.Files.File.SetAttributes(bench.PathOf("a.bad.txt"), FileAttributes.ReadOnly);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
            Assert.Equal(["a.bad.txt", "a.eml"], bench.Names);
            bench.Time.Advance(TimeSpan.FromMinutes(1));
        }
        bench.Files.File.SetAttributes(bench.PathOf("a.bad.txt"), FileAttributes.Normal);

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        Assert.Equal(["a.bad", "a.bad.txt"], bench.Names);
    }

    [Fact(DisplayName = "ND-4: released by giving it back its name, it has as many attempts as before")]
    public async Task Released()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        await CrashOnAsync(bench, "a.eml");
        bench.Crash("a.eml");
        await bench.PassAsync();
        bench.Files.File.Move(bench.PathOf("a.poison"), bench.PathOf("a.eml"));
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "ND-4: a new file of the same name is not blamed for an old one")]
    public async Task New_file_of_the_same_name()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        await CrashOnAsync(bench, "a.eml");
        bench.Files.File.Delete(bench.PathOf("a.eml"));
        bench.Put(Good + "longer", age: TimeSpan.FromSeconds(30));
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "ND-4: the record of a file that was taken away is swept")]
    public async Task Sweeps_records()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        await CrashOnAsync(bench, "a.eml");
        bench.Files.File.Delete(bench.PathOf("a.eml"));

        Assert.Equal(default, await bench.PassAsync());

        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "ND-4: a file that is badmail in the end, or is given back, keeps no record longer than it needs")]
    public async Task Badmail_in_the_end()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put("junk");
        bench.Crash("a.eml");

        await bench.PassAsync();

        Assert.Equal(["a.bad", "a.bad.txt"], bench.Names);
    }

    [Fact(DisplayName = "ND-4: a hand-over that fails does not acquit")]
    public async Task Given_back()
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Good);
        await CrashOnAsync(bench, "a.eml");

        Assert.Equal(["a.crashes", "a.eml"], bench.Names);
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
            await CrashOnAsync(bench, "a.eml");
        bench.Crash("a.eml");

        Assert.Equal(new PassResult { Poison = 1 }, await bench.PassAsync());
    }

    [Fact(DisplayName = "ND-4: names that are as long as names can be are counted as well")]
    public async Task Long_names()
    {
        var bench = IntakeBench.ForPickup();
        var name = new string('n', 251) + ".eml";
        bench.Put(Good, name);
        await CrashOnAsync(bench, name);
        bench.Crash(name);

        Assert.Equal(new PassResult { Poison = 1 }, await bench.PassAsync());
        Assert.All(bench.Names, left => Assert.InRange(left.Length, 1, 255));
    }

    // Down and up again; the queue is not ready yet, so that the file is not done either.
    private static async Task CrashOnAsync(IntakeBench bench, string name)
    {
        bench.Crash(name);
        bench.Intake.Script = (_, _) => throw new IOException("not ready");
        await bench.PassAsync();
        bench.Intake.Script = (_, _) => new(AcceptResult.Complete);
    }
}
