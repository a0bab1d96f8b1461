using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Gateways.Http;
using ForeignConnector.Lib.Gateways.Processes;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>The README says what is true.</summary>
public class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(PathOf("src/ForeignConnector.Lib.Gateways/README.md")).ReplaceLineEndings("\n");

    [Theory(DisplayName = "The tables of keys are those of the code")]
    [InlineData("`Process`:", true)]
    [InlineData("`Http`:", false)]
    public void Tables_are_those_of_the_code(string heading, bool isProcess)
    {
        IReadOnlyList<ConfigurationKey> keys = isProcess ? ProcessGatewaySettings.Keys : HttpGatewaySettings.Keys;

        Assert.Equal(
            keys.Select(key => (key.Name, key.Facts.Default, key.Facts.Range, key.Facts.Meaning)),
            Readme[Readme.IndexOf($"\n{heading}\n", StringComparison.Ordinal)..].Split('\n').Skip(5).TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1].Trim('`'), cells[2], cells[3], cells[4])));
    }

    [Theory(DisplayName = "Every setting has a key")]
    [InlineData(typeof(ProcessGatewaySettings))]
    [InlineData(typeof(HttpGatewaySettings))]
    public void Every_setting_has_a_key(Type settings)
    {
        IReadOnlyList<ConfigurationKey> keys = settings == typeof(ProcessGatewaySettings) ? ProcessGatewaySettings.Keys : HttpGatewaySettings.Keys;

        Assert.Equal(
            settings.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Select(property => property.Name).Order(),
            keys.Select(key => key.Name).Order());
    }

    [Fact(DisplayName = "The configuration is valid, and no key in it is unknown")]
    public void Configuration_is_valid()
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(Blocks("json"))))).Build();
        using var services = new ServiceCollection().AddLogging().AddForeignConnectors(configuration.GetSection("ForeignConnector")).AddProcessAgent().AddHttpAgent().BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;

        Assert.Empty(options.UnknownKeys);
        Assert.Equal(ProcessInput.None, ((ProcessGatewaySettings)options.Connectors["Old fax box"].Settings!).Input);
        Assert.Equal(HttpFormat.JsonTextOnly, ((HttpGatewaySettings)options.Connectors["Provider"].Settings!).Format);
    }

    [Fact(DisplayName = "Every C# block is compiled")]
    public void Code_is_compiled()
    {
        var compiled = Normalize(File.ReadAllText(PathOf("tests/ForeignConnector.Lib.Gateways.Tests/ReadmeTests.cs")));

        Assert.Equal(2, Blocks("csharp").Count);
        Assert.All(Blocks("csharp"), block => Assert.Contains(Normalize(block), compiled, StringComparison.Ordinal));
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
            builder.Services.AddForeignConnectors(builder.Configuration.GetSection("ForeignConnector"));
            builder.Services.AddProcessAgent().AddHttpAgent();
        }

        public static async Task SendAsync(DeliveryRequest request, IFaxLine fax, string directory, CancellationToken cancellationToken)
        {
            using var text = MessageText.Read(request.Content, maxLength: 1600);
            foreach (var path in await text.SaveAttachmentsAsync(new FileSystem(), directory, cancellationToken))
                await fax.AttachAsync(path, cancellationToken);
            await fax.SendAsync(text.Subject, text.Text, cancellationToken);
        }
    }

    private interface IFaxLine
    {
        Task AttachAsync(string path, CancellationToken cancellationToken);

        Task SendAsync(string subject, string text, CancellationToken cancellationToken);
    }
}
