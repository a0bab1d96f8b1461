using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Documentation;

/// <summary>The README and the pages that it leads to say what is true.</summary>
public partial class ReadmeTests
{
    private static readonly string[] Pages =
    [
        "README.md", "src/ForeignConnector.Lib/README.md", "src/ForeignConnector.Lib.Hosting/README.md", "samples/TransportHost/README.md", "samples/FaxGateway/README.md",
        "tests/ForeignConnector.Lib.TestKit/README.md",
    ];

    // What the packages are used with, and what is used with the kit.
    private static readonly string[] Code =
    [
        "tests/ForeignConnector.Lib.Tests/Documentation/ReadmeSnippets.cs", "tests/ForeignConnector.Lib.Outside.Tests/KitExampleTests.cs",
        "tests/ForeignConnector.Lib.Outside.Tests/Paging/PagerConnectorTests.cs", "tests/ForeignConnector.Lib.Outside.Tests/Stores/JournalStoreTests.cs",
    ];

    private static readonly string Readme = string.Join('\n', Pages.Select(page => File.ReadAllText(PathOf(page)))).ReplaceLineEndings("\n");

    [Fact(DisplayName = "Every C# block of the README is compiled")]
    public void Code_blocks_are_compiled()
    {
        var compiled = Normalize(string.Join('\n', Code.Select(file => File.ReadAllText(PathOf(file)))));
        var blocks = Blocks("csharp");

        Assert.Equal(11, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(Normalize(block), compiled, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Every link of a page to a place in the repository leads somewhere")]
    public void Links_lead_somewhere()
    {
        var links = Pages.SelectMany(page => Link().Matches(File.ReadAllText(PathOf(page))).Select(match => Path.Combine(Path.GetDirectoryName(page)!, match.Groups[1].Value))).ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(PathOf(link)), link));
    }

    [Fact(DisplayName = "The configuration of the README is valid, and no key in it is unknown")]
    public void Configuration_is_valid()
    {
        var options = Bind(Assert.Single(Blocks("json")));

        Assert.Empty(options.UnknownKeys);
        Assert.Equal(ByteSize.Parse("10MB"), options.Connectors["Contoso Fax"].MaxMessageSize);
    }

    [Theory(DisplayName = "The configuration tables are the table of keys in the code: name, default, range and meaning")]
    [InlineData("`Transport`:", true)]
    [InlineData("`Connectors`, by name:", false)]
    public void Tables_are_those_of_the_code(string heading, bool isTransport)
    {
        var keys = isTransport ? ForeignConnectorKeys.Transport : ForeignConnectorKeys.Connector;

        Assert.Equal(
            keys.Select(key => (key.Name, key.Facts.Default, key.Facts.Range, key.Facts.Meaning)).Order(),
            Table(heading).Order());
    }

    [Theory(DisplayName = "The table of keys has every option, with its default")]
    [InlineData(true, "")]
    [InlineData(false, $"{nameof(ConnectorOptions.Factory)} {nameof(ConnectorOptions.Settings)}")]
    public void The_table_has_every_option(bool isTransport, string onlyFromCode)
    {
        var keys = isTransport ? ForeignConnectorKeys.Transport : ForeignConnectorKeys.Connector;
        object defaults = isTransport ? new TransportOptions() : new ConnectorOptions();

        var options = defaults.GetType().GetProperties().Select(property => property.Name).Except(onlyFromCode.Split(' '));
        Assert.Equal(options.Order(StringComparer.Ordinal), keys.Select(key => key.Name).Order(StringComparer.Ordinal));
        foreach (var key in keys.Where(key => Literal().IsMatch(key.Facts.Default)))
            Assert.Equal(key.Facts.Default.Trim('`'), Print(key.ValueOf(defaults)));
    }

    [Theory(DisplayName = "A connector of one's own, as in the README, gets one recipient at a time and settles it")]
    [InlineData("one@sms.test", RecipientAction.Delivered)]
    [InlineData("busy@sms.test", RecipientAction.Deferred)]
    public async Task The_sms_connector_works(string address, RecipientAction action)
    {
        var envelope = new MailEnvelope("a@contoso.com", [new EnvelopeRecipient(address)]);
        using var content = MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\ntext\r\n"));

        var connector = new SmsConnector(new Provider());
        var report = await connector.DeliverAsync(new DeliveryRequest("id", envelope, content), TestContext.Current.CancellationToken);

        Assert.Equal((1, action), (connector.MaxRecipientsPerDelivery, Assert.Single(report.Outcomes).Action));
    }

    private static ForeignConnectorOptions Bind(string json)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        using var services = new ServiceCollection().AddLogging().AddForeignConnectors(configuration.GetSection(ForeignConnectorOptions.SectionName)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;
    }

    private static List<string> Blocks(string language) =>
        [.. Regex.Matches(Readme, $"^```{language}\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    private static List<(string Key, string Default, string Range, string Meaning)> Table(string heading) =>
        [.. Readme[Readme.IndexOf("\n" + heading + "\n", StringComparison.Ordinal)..].Split('\n')
            .Skip(5)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`'), cells[2], cells[3], cells[4]))];

    private static string Print(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c"),
        UnixFileMode mode => "0" + Convert.ToString((int)mode, 8),
        _ => FormattableString.Invariant($"{value}"),
    };

    // Indentation is the place's, not the code's.
    private static string Normalize(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string PathOf(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ForeignConnector.Lib.sln")))
            root = root.Parent ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        return Path.Combine(root.FullName, file);
    }

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^(`.*`|[0-9]+)$")]
    private static partial Regex Literal();

    private sealed class Provider : ISmsProvider
    {
        public Task<bool> SendAsync(string key, string number, string text, CancellationToken cancellationToken) =>
            Task.FromResult(!number.StartsWith("busy", StringComparison.Ordinal));
    }
}
