using ForeignConnector.Lib.IntegrationTests.Hosts;

namespace ForeignConnector.Lib.IntegrationTests.Diagnostics;

/// <summary>TR-1: what the message tracking log of a whole run tells.</summary>
public class TrackingLogStoryTests
{
    private static readonly string[] Beginnings = ["RECEIVE", "DSN"];
    private static readonly string[] Ends = ["SEND", "RELAY", "FAIL"];

    [Fact(DisplayName = "TR-1: the log of the FaxGateway run tells the story of each of its messages, from where it came to what became of each recipient")]
    public async Task Tells_the_story_of_every_message()
    {
        using var root = new MailRoot();
        await using var host = HostProcess.Start("FaxGateway", ["--root", root.PathOf("kept")], root.Root);
        Assert.True(await host.WaitForExitAsync() == 0, host.Story);

        var events = Read(root, "kept", "logs");

        var stories = events.Where(line => line["network-message-id"].Length > 0).GroupBy(line => line["network-message-id"]).Where(story => story.Any(IsBeginning)).ToList();
        Assert.InRange(stories.Count, 6, int.MaxValue);
        Assert.All(stories, story =>
        {
            Assert.Contains(story.First()["event-id"], Beginnings);
            Assert.NotEmpty(story.First()["message-id"]);
            Assert.Equal(Recipients(story.Where(IsBeginning)), Recipients(story.Where(line => Ends.Contains(line["event-id"]))));
            Assert.All(story, line => Assert.Equal(story.First()["return-path"], line["return-path"]));
        });
        Assert.Contains(events, line => line["event-id"] == "BADMAIL" && line["custom-data"].Contains("FileName=broken.eml", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "TR-1: --once ends with every event of its round in the log, and a later round goes on in the same file")]
    public async Task Is_complete_after_one_round()
    {
        using var root = new MailRoot();
        root.Transport["MessageTrackingLogPath"] = "logs";
        for (var round = 1; round <= 2; round++)
        {
            root.Put("pickup", "good.eml", "From: bob@fabrikam.com\r\nTo: mary@contoso.com, joe@contoso.com\r\nSubject: secret\r\n\r\nbody\r\n");
            await root.OnceAsync();

            var events = Read(root, "logs");
            Assert.Equal(2 * round, events.Count);
            Assert.Equal(["RECEIVE", "SEND"], events.TakeLast(2).Select(line => line["event-id"]));
            Assert.All(events, line => Assert.Equal("mary@contoso.com;joe@contoso.com", line["recipient-address"]));
            Assert.All(events, line => Assert.Equal("", line["message-subject"]));
        }
        Assert.Single(root.NamesIn("logs"));
    }

    private static bool IsBeginning(IReadOnlyDictionary<string, string> line) => Beginnings.Contains(line["event-id"]);

    private static string[] Recipients(IEnumerable<IReadOnlyDictionary<string, string>> lines) =>
        [.. lines.SelectMany(line => line["recipient-address"].Split(';')).Distinct().Order(StringComparer.Ordinal)];

    private static List<IReadOnlyDictionary<string, string>> Read(MailRoot root, params string[] directory) =>
        [.. root.NamesIn(directory).SelectMany(name => TrackingLogText.Read(File.ReadAllText(root.PathOf([.. directory, name]))).Events)];
}
