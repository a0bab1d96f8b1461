using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>One run of the host over many files that nothing can be done with, and a good one behind them.</summary>
public abstract class BadFileRun : IAsyncLifetime
{
    private const string GoodPickup = "From: last@x.test\r\nTo: mary@contoso.com\r\n\r\n";
    private const string GoodReplay = "X-Sender: <last@x.test>\r\nX-Receiver: <mary@contoso.com>\r\n\r\n\r\n";

    private const string BadExtension = ".bad";
    private const string ReasonExtension = ".bad.txt";

    private readonly MailRoot _root = new();
    private readonly Dictionary<string, string[]> _reasons = [];
    private readonly Dictionary<string, byte[]> _kept = [];
    private readonly string _directory;
    private readonly IReadOnlyDictionary<string, BadFile> _files;

    private protected BadFileRun(string directory, IReadOnlyDictionary<string, BadFile> files)
    {
        _directory = directory;
        _files = files;
    }

    /// <summary>The lines of the log.</summary>
    public IReadOnlyCollection<string> Log { get; private set; } = [];

    /// <summary>The names that are left in the directory.</summary>
    public IReadOnlyCollection<string> Names { get; private set; } = [];

    internal IReadOnlyCollection<string> Problems { get; private set; } = [];

    internal DropFile[] Drops { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var (name, file) in _files)
            _root.Put(_directory, name + ".eml", file.Octets);
        _root.Put(_directory, "zzz.eml", _directory == "pickup" ? GoodPickup : GoodReplay);
        var host = await _root.OnceAsync();
        Log = host.Log;
        Problems = [.. host.Problems];
        Names = _root.NamesIn(_directory);
        Drops = _root.Drops();
        foreach (var name in _files.Keys.Where(name => Names.Contains(name + ReasonExtension)))
        {
            _reasons[name] = await File.ReadAllLinesAsync(_root.PathOf(_directory, name + ReasonExtension));
            _kept[name] = await File.ReadAllBytesAsync(_root.PathOf(_directory, name + BadExtension));
        }
    }

    public ValueTask DisposeAsync()
    {
        _root.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal void AssertIsBad(string name)
    {
        var rule = _files[name].Rule;
        if (_files[name].IsReported)
        {
            Assert.DoesNotContain(Names, left => left.StartsWith(name + ".", StringComparison.Ordinal));
            Assert.Contains(Log, line => line.Contains($"\"{name}.eml\" was refused and reported to its sender, rule {rule}: ", StringComparison.Ordinal));
            return;
        }
        Assert.True(_reasons.TryGetValue(name, out var reason), $"'{name}' is not badmail");
        Assert.Equal($"Rule: {rule}", reason.Single(line => line.StartsWith("Rule: ", StringComparison.Ordinal)));
        Assert.True(_kept[name].AsSpan().SequenceEqual(_files[name].Octets), "the file has changed");
        Assert.Contains(Log, line => line.Contains($"\"{name}.eml\" is badmail, rule {rule}: ", StringComparison.Ordinal));
    }

    /// <summary>Every file has its report, or its .bad and its .bad.txt, the good one was delivered, and nothing else happened.</summary>
    internal void AssertNothingIsStuck()
    {
        var bad = _files.Where(file => !file.Value.IsReported).Select(file => file.Key).ToList();
        Assert.Equal(bad.SelectMany(name => (string[])[name + BadExtension, name + ReasonExtension]).Order(StringComparer.Ordinal), Names);
        var reports = Drops.Where(drop => drop.BlockValues("X-Sender").Single().StartsWith("<>", StringComparison.Ordinal)).ToList();
        Assert.Equal(["<last@x.test>"], Assert.Single(Drops.Except(reports)).BlockValues("X-Sender"));
        Assert.Equal(_files.Count - bad.Count, reports.Count);
        Assert.All(reports, report => Assert.StartsWith("<a@x.test>", Assert.Single(report.BlockValues("X-Receiver")), StringComparison.Ordinal));
        Assert.Empty(Problems);
        Assert.Equal(bad.Count, Log.Count(line => line.Contains(" is badmail, ", StringComparison.Ordinal)));
        Assert.Equal(reports.Count, Log.Count(line => line.Contains(" was refused and reported ", StringComparison.Ordinal)));
    }
}

/// <summary>A file and the rule it breaks.</summary>
internal sealed record BadFile(string Rule, byte[] Octets)
{
    /// <summary>Its sender, a@x.test, can be told.</summary>
    public bool IsReported { get; private init; }

    public static BadFile Reported(string rule, string text) => new(rule, text) { IsReported = true };

    /// <summary>From text, one octet a character.</summary>
    public BadFile(string rule, string text)
        : this(rule, Encoding.Latin1.GetBytes(text))
    {
    }
}
