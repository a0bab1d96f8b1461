using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>Each mistake of a routing configuration is refused before anything starts, with the key of the value and what to do about it.</summary>
public class RoutingConfigurationTests
{
    // Two sites that a link joins, and one connector: valid.
    private static readonly Dictionary<string, string?> Valid = new()
    {
        ["Transport:ServerName"] = "HUB01",
        ["Transport:SiteName"] = "Seattle",
        ["Transport:Sites:Seattle:0"] = "HUB01",
        ["Transport:Sites:Berlin:0"] = "HUB02",
        ["Transport:SiteLinks:0:From"] = "Seattle",
        ["Transport:SiteLinks:0:To"] = "Berlin",
        ["Transport:SiteLinks:0:Cost"] = "10",
        ["Connectors:Fax:AddressSpaces:0"] = "FAX:*;1",
        ["Connectors:Fax:SourceTransportServers:0"] = "HUB02",
    };

    [Theory(DisplayName = "RT-3, RT-7, AS-1: a wrong value is refused, with its key and what to do")]
    [InlineData("Transport:SiteName", "Tokyo", "Transport:SiteName: there is no site 'Tokyo'; name one of Sites")]
    [InlineData("Transport:SiteLinks:0:From", "Tokyo", "Transport:SiteLinks:0:From: there is no site 'Tokyo'; name one of Sites")]
    [InlineData("Transport:SiteLinks:0:To", "Tokyo", "Transport:SiteLinks:0:To: there is no site 'Tokyo'; name one of Sites")]
    [InlineData("Transport:SiteLinks:0:To", "SEATTLE", "Transport:SiteLinks:0: the link leads from 'Seattle' to itself; remove it or name another site")]
    [InlineData("Transport:SiteLinks:0:Cost", "0", "Transport:SiteLinks:0:Cost: the cost 0 is out of range; write a whole number from 1 to 99999")]
    [InlineData("Transport:SiteLinks:0:Cost", "-5", "Transport:SiteLinks:0:Cost: the cost -5 is out of range; write a whole number from 1 to 99999")]
    [InlineData("Connectors:Fax:AddressSpaces:0", "FAX:*;0", "Connectors:Fax:AddressSpaces:0: 'FAX:*;0' is not an address space: the cost after ';' must be a whole number from 1 to 100, at offset 6 (AS-1)")]
    [InlineData("Connectors:Fax:AddressSpaces:0", "FAX:*;101", "Connectors:Fax:AddressSpaces:0: 'FAX:*;101' is not an address space: the cost after ';' must be a whole number from 1 to 100, at offset 6 (AS-1)")]
    [InlineData("Connectors:Fax:AddressSpaces:0", "FAX:*;-1", "Connectors:Fax:AddressSpaces:0: 'FAX:*;-1' is not an address space: the cost after ';' must be a whole number from 1 to 100, at offset 6 (AS-1)")]
    [InlineData("Connectors:Sms:Enabled", "true", "Connectors:Sms:AddressSpaces: at least one address space is needed, such as \"FAX:*\" or \"contoso.com\"")]
    [InlineData("Connectors:Fax:SourceTransportServers:0", "HUB99", "Connectors:Fax:SourceTransportServers:0: the server 'HUB99' is in no site; add it to one of Sites")]
    public void Refuses_a_wrong_value(string key, string value, string error) =>
        Assert.Equal([error], Errors(new Dictionary<string, string?>(Valid) { [key] = value }));

    [Fact(DisplayName = "RT-3: the configuration that the others break is valid")]
    public void Accepts_the_valid_configuration() => Assert.Empty(Errors(Valid));

    [Theory(DisplayName = "Issue 3: names that differ in case only are refused, with both spellings and what to do; also when the application gives a section")]
    [InlineData("Connectors:FAX:Enabled", "Connectors:FAX: the name is there as 'FAX' and 'Fax', and names that differ only in case are one; rename one, or put all values under one spelling")]
    [InlineData("Transport:Sites:BERLIN:1", "Transport:Sites:BERLIN: the name is there as 'BERLIN' and 'Berlin', and names that differ only in case are one; rename one, or put all values under one spelling")]
    public void Refuses_a_name_in_two_spellings(string key, string error)
    {
        var values = new Dictionary<string, string?>(Valid) { [key] = "false" };

        Assert.Contains(error, Errors(values));
        Assert.Contains(error, Errors(new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create($"ForeignConnector:{pair.Key}", pair.Value))).Build(), "ForeignConnector"));
    }

    [Fact(DisplayName = "Issue 3: another source, such as the environment, may spell a name as it likes to override its values")]
    public void Takes_an_override_in_another_spelling() => Assert.Empty(Errors(new ConfigurationBuilder()
        .AddInMemoryCollection(Valid)
        .AddInMemoryCollection([KeyValuePair.Create("CONNECTORS:FAX:ENABLED", (string?)"false")])
        .Build()));

    [Fact(DisplayName = "A section that is misspelt has a warning, like a key")]
    public void Warns_of_a_misspelt_section()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ForeignConnector:Connector:Fax:AddressSpaces:0", (string?)"FAX:*"), KeyValuePair.Create("ForeignConnector:transport:ServerName", (string?)"HUB01")])
            .Build();
        var options = new ForeignConnectorOptions();

        ConfigurationBinding.Bind(configuration.GetSection("ForeignConnector"), configuration, options, [], []);

        Assert.Equal(["Connector"], options.UnknownKeys);
        Assert.Empty(options.BindingErrors);
    }

    [Fact(DisplayName = "AS-2: the name of a machine may be the default domain, with '_' in it")]
    public void Takes_the_name_of_a_machine() => Assert.Empty(Errors(new Dictionary<string, string?>(Valid) { ["Transport:DefaultDomain"] = "build_host-1" }));

    private static IEnumerable<string> Errors(Dictionary<string, string?> values) => Errors(new ConfigurationBuilder().AddInMemoryCollection(values).Build());

    private static IEnumerable<string> Errors(IConfigurationRoot configuration, string? section = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(new MockFileSystem()).AddSingleton<IConfiguration>(configuration);
        services.AddForeignConnectors(section is null ? configuration : configuration.GetSection(section));
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return e.Failures;
        }
    }
}
