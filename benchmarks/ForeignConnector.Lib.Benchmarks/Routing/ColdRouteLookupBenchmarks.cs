using System.Collections.Frozen;
using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>Recipients nobody asked for lately: the table is in main memory, not in the processor's caches.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 3, iterationCount: 8)]
[Description("Choose the connector for a recipient that nobody asked for lately")]
public class ColdRouteLookupBenchmarks
{
    private const int RecipientCount = 1 << 18;

    private RoutingAddress[] _recipients = [];
    private FrozenDictionary<string, AddressSpace> _byDomain = FrozenDictionary<string, AddressSpace>.Empty;
    private ConnectorSelector? _selector;
    private int _next;

    [ParamsSource(nameof(SpaceCounts))]
    public int Spaces { get; set; }

    [ParamsAllValues]
    public DomainKind Domain { get; set; }

    public static IEnumerable<int> SpaceCounts => DryRun.IsActive ? [1_000] : [1_000, 1_000_000];

    [GlobalSetup]
    public void Build()
    {
        AddressSpace[] spaces = [.. Organization.Spaces(Spaces, Domain != DomainKind.Missing).Select(AddressSpace.Parse)];
        _recipients = Organization.Recipients(Domain, Spaces, RecipientCount);
        _byDomain = Organization.WithDomains(spaces, _recipients);
        _selector = new ConnectorSelector(Organization.Connectors(spaces), TransportTopology.SingleServer("HUB01"));
    }

    [Benchmark(Baseline = true, Description = "FrozenDictionary, knows the domain")]
    public AddressSpace? KnownDomain() => _byDomain.GetValueOrDefault(Next().Domain!);

    [Benchmark(Description = "Select")]
    public AddressSpace? Select() => _selector!.Select(Next(), 1000).Space;

    private RoutingAddress Next() => _recipients[_next++ & (RecipientCount - 1)];
}
