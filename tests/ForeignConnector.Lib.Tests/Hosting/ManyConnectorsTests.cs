using System.Globalization;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>To list a section, a provider of the configuration looks at every key of every connector: it is asked seldom.</summary>
public class ManyConnectorsTests
{
    [Theory(DisplayName = "A start with many connectors lists each connector and each of its lists once, and nothing that is not there")]
    [InlineData(1)]
    [InlineData(50)]
    public void Lists_each_section_once(int count)
    {
        var configuration = new CountedConfiguration(count);
        using var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(new MockFileSystem())
            .AddForeignConnectors(new ConfigurationRoot([configuration])).BuildServiceProvider();

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(count, services.GetRequiredService<TransportState>().Current.Connectors.Count);
        Assert.Equal(
            Enumerable.Range(0, count).SelectMany(i => (string[])[CountedConfiguration.Connector(i), CountedConfiguration.Connector(i) + ":AddressSpaces"]),
            configuration.Listed.Where(path => path.StartsWith("Connectors:", StringComparison.Ordinal)));
        // The sections above them.
        Assert.InRange(configuration.Listed.Count - 2 * count, 0, 10);
    }

    /// <summary>Connectors with two keys each. Knows what was listed.</summary>
    private sealed class CountedConfiguration : ConfigurationProvider
    {
        public CountedConfiguration(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Data[$"{Connector(i)}:AddressSpaces:0"] = string.Create(CultureInfo.InvariantCulture, $"FAX:{i}*");
                Data[$"{Connector(i)}:DropDirectory"] = string.Create(CultureInfo.InvariantCulture, $"fax{i}");
            }
        }

        public List<string> Listed { get; } = [];

        public static string Connector(int i) => string.Create(CultureInfo.InvariantCulture, $"Connectors:C{i:D4}");

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
        {
            Listed.Add(parentPath ?? "");
            return base.GetChildKeys(earlierKeys, parentPath);
        }
    }
}
