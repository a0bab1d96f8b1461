namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>Each message goes Pickup, queue, Drop, Replay, queue, Drop. Two runs of the host carry them all; each row looks at one.</summary>
public class RoundTripTests(RoundTripTests.Journey journey) : IClassFixture<RoundTripTests.Journey>
{
    public static TheoryData<string> Names => [.. RoundTripCases.All.Keys];

    [Theory(DisplayName = "PU-10, DR-4: Pickup to Drop keeps body and ordinary header fields byte for byte")]
    [MemberData(nameof(Names))]
    public void Pickup_to_drop_changes_only_what_the_rules_list(string name)
    {
        var message = journey.AfterPickup(name).Message;
        AssertStartsWith("Received: from Pickup by HUB01 with ", message);
        AssertSame(RoundTripCases.All[name].Message, AfterFirstField(message));
    }

    [Theory(DisplayName = "RP-5: Drop to Replay to Drop gives the same envelope and the same message bytes")]
    [MemberData(nameof(Names))]
    public void Drop_to_replay_to_drop_adds_one_field(string name)
    {
        var before = journey.AfterPickup(name);
        var after = journey.AfterReplay(name);
        AssertStartsWith("Received: from HUB01 by Replay with ", after.Message);
        AssertSame(before.Message, AfterFirstField(after.Message));
        AssertSame(before.Block, after.Block);
    }

    [Fact(DisplayName = "PU-4, DR-5: nothing is left in Pickup, Replay and queue, and no temporary file in the Drop directory")]
    public void Nothing_is_left_behind()
    {
        Assert.Empty(journey.LeftBehind);
        Assert.Empty(journey.Problems);
    }

    private static string AfterFirstField(string message) => message[(message.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];

    private static void AssertStartsWith(string expected, string message) => Assert.StartsWith(expected, message[..Math.Min(100, message.Length)], StringComparison.Ordinal);

    // Says where two long texts part instead of printing them.
    private static void AssertSame(string expected, string actual)
    {
        if (expected == actual)
            return;
        var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Equal((expected.Length, at, Around(expected, at)), (actual.Length, at, Around(actual, at)));
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 20)..Math.Min(text.Length, at + 40)];

    /// <summary>The two runs.</summary>
    public sealed class Journey : IAsyncLifetime
    {
        private readonly MailRoot _root = new();
        private readonly Dictionary<string, DropFile> _afterPickup = [];
        private readonly Dictionary<string, DropFile> _afterReplay = [];

        public IReadOnlyCollection<string> LeftBehind { get; private set; } = [];

        public IReadOnlyCollection<string> Problems { get; private set; } = [];

        internal DropFile AfterPickup(string name) => _afterPickup[name];

        internal DropFile AfterReplay(string name) => _afterReplay[name];

        public async ValueTask InitializeAsync()
        {
            // The order of acceptance is the order of Drop file names (DR-5): that tells which file is which without a mark inside it.
            var names = RoundTripCases.All.Keys.ToArray();
            for (var i = 0; i < names.Length; i++)
                Put("pickup", i, RoundTripCases.Octets(RoundTripCases.All[names[i]].File));
            var first = await _root.OnceAsync();
            Keep(names, _afterPickup, (i, path) => Put("replay", i, File.ReadAllBytes(path)));
            var second = await _root.OnceAsync();
            Keep(names, _afterReplay, (_, _) => { });
            LeftBehind = [.. _root.NamesIn("pickup"), .. _root.NamesIn("replay"), .. _root.NamesIn("queue", "All"), .. _root.NamesIn("drop", "all")];
            Problems = [.. first.Problems, .. second.Problems];
        }

        public ValueTask DisposeAsync()
        {
            _root.Dispose();
            return ValueTask.CompletedTask;
        }

        private void Put(string directory, int number, byte[] octets)
        {
            var name = $"{number:D3}.eml";
            _root.Put(directory, name, octets);
            File.SetLastWriteTimeUtc(_root.PathOf(directory, name), DateTime.UtcNow.AddHours(-1).AddSeconds(number));
        }

        private void Keep(string[] names, Dictionary<string, DropFile> drops, Action<int, string> next)
        {
            var paths = _root.DropPaths();
            Assert.Equal(names.Length, paths.Length);
            for (var i = 0; i < names.Length; i++)
            {
                drops[names[i]] = DropFile.Read(paths[i]);
                next(i, paths[i]);
                File.Delete(paths[i]);
            }
        }
    }
}
