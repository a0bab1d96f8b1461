using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
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

    private static IEnumerable<string> Errors(Dictionary<string, string?> values)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(new MockFileSystem());
        services.AddForeignConnectors(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
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
