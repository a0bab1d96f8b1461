using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Smtp.Tests;

/// <summary>The README says what is true.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(PathOf("src/ForeignConnector.Lib.Smtp/README.md")).ReplaceLineEndings("\n");

    [Theory(DisplayName = "The tables of keys are those of the code")]
    [InlineData("`Smtp`:")]
    [InlineData("`SmtpIntake`:")]
    public void Tables_are_those_of_the_code(string heading)
    {
        IReadOnlyList<ConfigurationKey> keys = heading == "`Smtp`:" ? SmtpAgentOptions.Keys : SmtpIntakeOptions.Keys;

        Assert.Equal(
            keys.Select(key => (key.Name, key.Facts.Default, key.Facts.Range, key.Facts.Meaning)),
            Readme[Readme.IndexOf($"\n{heading}\n", StringComparison.Ordinal)..].Split('\n').Skip(5).TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1].Trim('`'), cells[2], cells[3], cells[4])));
    }

    [Theory(DisplayName = "Every setting has a key")]
    [InlineData(typeof(SmtpAgentOptions))]
    [InlineData(typeof(SmtpIntakeOptions))]
    public void Every_setting_has_a_key(Type settings)
    {
        IReadOnlyList<ConfigurationKey> keys = settings == typeof(SmtpAgentOptions) ? SmtpAgentOptions.Keys : SmtpIntakeOptions.Keys;

        Assert.Equal(
            settings.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Select(property => property.Name).Order(),
            keys.Select(key => key.Name).Order());
    }

    [Theory(DisplayName = "The configurations are valid, and no key in them is unknown")]
    [InlineData(0, "Smart host")]
    [InlineData(1, "Contoso Fax")]
    public void Configurations_are_valid(int number, string connector)
    {
        using var services = Services(Blocks("json")[number], "/srv/mail", []);

        var options = services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;

        Assert.Empty(options.UnknownKeys);
        Assert.Equal([connector], options.Connectors.Keys);
    }

    [Fact(DisplayName = "Replace the IIS SMTP pickup folder: a file leaves to the smart host, and the report about it comes back over it")]
    public async Task Replaces_the_pickup_folder()
    {
        using var directory = new TempDirectory();
        await using var server = new ScriptedSmtpServer(line => line.StartsWith("RCPT TO:<gone@", StringComparison.Ordinal) ? "550 5.1.1 gone" : null);
        server.Extensions.Add("AUTH PLAIN");
        directory.Write("smtp.password", "s3cret\n");
        Directory.CreateDirectory(directory["pickup"]);
        directory.Write("pickup/1.eml", "From: app@contoso.com\r\nTo: bob@example.net, gone@example.net\r\nSubject: x\r\n\r\nHello.\r\n", DateTime.UtcNow.AddMinutes(-1));
        await using var services = Services(Blocks("json")[0], directory.Path, new()
        {
            ["ForeignConnector:Connectors:Smart host:Smtp:SmartHost"] = "127.0.0.1",
            ["ForeignConnector:Connectors:Smart host:Smtp:Port"] = $"{server.Port}",
            ["ForeignConnector:Connectors:Smart host:Smtp:Security"] = "None",
        });
        var transport = services.GetRequiredService<ForeignConnectorTransport>();

        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Empty(Directory.GetFiles(directory["pickup"], "*.eml"));
        Assert.Equal(2, server.Messages.Count);
        Assert.EndsWith("Hello.\r\n", Encoding.UTF8.GetString(server.Messages.First()), StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<app@contoso.com>", string.Join('\n', server.Sent("RCPT")), StringComparison.Ordinal);
        Assert.StartsWith("MAIL FROM:<>", server.Sent("MAIL")[^1], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every C# block is compiled")]
    public void Code_is_compiled()
    {
        var compiled = Normalize(File.ReadAllText(PathOf("tests/ForeignConnector.Lib.Smtp.Tests/ReadmeTests.cs")));

        Assert.Equal(2, Blocks("csharp").Count);
        Assert.All(Blocks("csharp"), block => Assert.Contains(Normalize(block), compiled, StringComparison.Ordinal));
    }

    private static ServiceProvider Services(string json, string directory, Dictionary<string, string?> changes)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .AddInMemoryCollection(changes).Build();
        var section = configuration.GetSection("ForeignConnector");
        var services = new ServiceCollection().AddLogging().AddForeignConnectors(section);
        services.AddForeignConnectors(options => options.Transport.BaseDirectory = directory);
        services.AddSmtpAgent();
        services.AddSmtpIntake(section.GetSection("SmtpIntake"));
        return services.BuildServiceProvider();
    }

    private static List<string> Blocks(string language) =>
        [.. Regex.Matches(Readme, $"^```{language}\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    private static string Normalize(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string PathOf(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ForeignConnector.Lib.sln")))
            root = root.Parent ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        return Path.Combine(root.FullName, file);
    }

    // What the README shows.
    private static class Snippets
    {
        public static void Configure(HostApplicationBuilder builder)
        {
            var configuration = builder.Configuration.GetSection("ForeignConnector");
            builder.Services.AddForeignConnectors(configuration);
            builder.Services.AddSmtpAgent();
            builder.Services.AddSmtpIntake(configuration.GetSection("SmtpIntake"));
        }

        public static void AddTokens(HostApplicationBuilder builder)
        {
            builder.Services.AddSingleton<ISmtpCredentials, MailTokens>();
        }
    }

    private sealed class MailTokens : ISmtpCredentials
    {
        public ValueTask<SmtpCredential?> GetAsync(string connectorName, string smartHost, CancellationToken cancellationToken) =>
            new(SmtpCredential.AccessToken("app01", "token"));
    }
}
