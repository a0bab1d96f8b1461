using System.Collections.Frozen;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>Connectors with a given number of address spaces, half of them exact domains and half wildcards, and recipients to look up.</summary>
internal static class Organization
{
    private const int ConnectorCount = 10;

    /// <summary>Texts of address spaces, one after the other for exact domains and wildcards.</summary>
    public static IEnumerable<string> Spaces(int count, bool withDefault) =>
        Enumerable.Range(0, count - (withDefault ? 1 : 0))
            .Select(i => i % 2 == 0 ? $"mail.contoso{i}.com;{1 + (i % 100)}" : $"*.fabrikam{i}.com;{1 + (i % 100)}")
            .Concat(withDefault ? ["*"] : []);

    /// <summary>The spaces dealt out to the connectors in turn.</summary>
    public static ConnectorDefinition[] Connectors(IEnumerable<AddressSpace> spaces) =>
    [
        .. spaces
            .Select((space, i) => (Space: space, Connector: i % ConnectorCount))
            .GroupBy(s => s.Connector, s => s.Space)
            .Select(g => new ConnectorDefinition { Name = $"Connector {g.Key}", AddressSpaces = [.. g] }),
    ];

    /// <summary>As many keys as there are spaces, the domains of the recipients among them.</summary>
    public static FrozenDictionary<string, AddressSpace> WithDomains(AddressSpace[] spaces, RoutingAddress[] recipients)
    {
        var domains = recipients.Select(r => r.Domain!).Distinct().ToArray();
        return domains.Concat(spaces.Skip(domains.Length).Select(s => s.Space)).Distinct().ToFrozenDictionary(d => d, _ => spaces[0]);
    }

    /// <summary>Recipients in domains of three labels, spread over the whole table.</summary>
    public static RoutingAddress[] Recipients(DomainKind kind, int spaces, int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => RoutingAddress.Smtp($"bob@{Domain(kind, 2 * random.Next((spaces - 1) / 2))}"))];
    }

    private static string Domain(DomainKind kind, int i) => kind switch
    {
        DomainKind.Exact => $"mail.contoso{i}.com",
        DomainKind.Wildcard => $"mail.fabrikam{i + 1}.com",
        _ => $"mail.northwind{i}.com",
    };
}
