using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Watching;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>A file that is left where it is: an administrator learns why, and what it is called.</summary>
public class SkippedFileTests
{
    private const string Good = "From: bob@fabrikam.com\r\nTo: mary@contoso.com\r\n\r\nbody\r\n";

    [Fact(DisplayName = "PU-14: an accepted file that cannot be deleted keeps its .tmp name, is told of once and once more as a claim, is not taken again, and goes when it can")]
    public async Task Tells_of_a_claim_that_cannot_be_ended()
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.Script = (_, _) =>
        {
            // Another program opens it meanwhile, so that it cannot be deleted.
            bench.Files.GetFile($"{IntakeBench.Directory}/a.tmp").AllowedFileShare = FileShare.None;
            return new(AcceptResult.Complete);
        };
        bench.Put(Good);

        Assert.Equal(new PassResult { Accepted = 1 }, await bench.PassAsync());
        for (var i = 0; i < 2; i++)
            Assert.Equal(default, await bench.PassAsync());
        Assert.Equal(["a.tmp"], bench.Names);

        // The second is the next try to delete it.
        const string cause = "is left where it is: The process cannot access the file 'a.tmp' because it is being used by another process.";
        Assert.Equal(
            [$"Pickup: \"a.eml\" {cause} Its name is \"a.tmp\" now.", $"Pickup: \"a.tmp\" {cause}"],
            bench.Logger.Collector.GetSnapshot().Where(record => record.Id == EventIds.FileSkipped).Select(record => record.Message));
        bench.Files.GetFile($"{IntakeBench.Directory}/a.tmp").AllowedFileShare = FileShare.ReadWrite | FileShare.Delete;
        bench.Restart();
        Assert.Equal(default, await bench.PassAsync());
        Assert.Empty(bench.Names);
        Assert.Single(bench.Intake.Messages);
    }

    [Fact(DisplayName = "PU-1: a file that cannot be opened is told of with the cause; a name cannot forge a line of the log")]
    public void Tells_of_a_file_that_cannot_be_opened()
    {
        var bench = IntakeBench.ForPickup();
        var skips = new SkipLog(bench.Logger, "Pickup");
        const string name = "a\nfail: b.eml";
        const string path = $"{IntakeBench.Directory}/{name}";

        for (var i = 0; i < 2; i++)
            skips.Tell(name, path, new UnauthorizedAccessException($"Permission denied: '{path}'"));

        Assert.Equal(
            "Pickup: \"a?fail: b.eml\" is left where it is: Permission denied: 'a?fail: b.eml'", Assert.Single(bench.Logger.Collector.GetSnapshot()).Message);
    }
}
