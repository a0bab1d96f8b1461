using System.Collections.Frozen;
using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>
/// One decision beside the least that it could cost, one dictionary lookup of the recipient's full domain, and beside a scan of all spaces.
/// </summary>
/// <remarks>
/// <para>The dictionary that knows the domain is what routing by a single lookup would need. The other one has the spaces as its keys; where it does not
/// have the domain it mostly learns that from a few characters, and has no answer.</para>
/// <para>The recipients repeat, as the correspondents of an organisation do; <see cref="ColdRouteLookupBenchmarks"/> asks for a new one each time.</para>
/// </remarks>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 3, iterationCount: 8)]
[Description("Choose the connector for a recipient")]
public class RouteLookupBenchmarks
{
    private const int RecipientCount = 64;

    private RoutingAddress[] _recipients = [];
    private AddressSpace[] _spaces = [];
    private FrozenDictionary<string, AddressSpace> _byDomain = FrozenDictionary<string, AddressSpace>.Empty;
    private FrozenDictionary<string, AddressSpace> _bySpace = FrozenDictionary<string, AddressSpace>.Empty;
    private ConnectorSelector? _selector;
    private int _next;

    [ParamsSource(nameof(SpaceCounts))]
    public int Spaces { get; set; }

    [ParamsAllValues]
    public DomainKind Domain { get; set; }

    public static IEnumerable<int> SpaceCounts => DryRun.IsActive ? [10, 1_000] : [10, 1_000, 100_000, 1_000_000];

    [GlobalSetup]
    public void Build()
    {
        _spaces = [.. Organization.Spaces(Spaces, Domain != DomainKind.Missing).Select(AddressSpace.Parse)];
        _recipients = Organization.Recipients(Domain, Spaces, RecipientCount);
        _bySpace = _spaces.ToFrozenDictionary(s => s.Space);
        _byDomain = Organization.WithDomains(_spaces, _recipients);
        _selector = new ConnectorSelector(Organization.Connectors(_spaces), TransportTopology.SingleServer("HUB01"));
    }

    [Benchmark(Baseline = true, Description = "FrozenDictionary, knows the domain")]
    public AddressSpace? KnownDomain() => _byDomain.GetValueOrDefault(Next().Domain!);

    [Benchmark(Description = "FrozenDictionary of the spaces")]
    public AddressSpace? SpacesOnly() => _bySpace.GetValueOrDefault(Next().Domain!);

    [Benchmark(Description = "Select")]
    public AddressSpace? Select() => _selector!.Select(Next(), 1000).Space;

    [Benchmark(Description = "Linear scan")]
    public AddressSpace? Scan()
    {
        var recipient = Next();
        AddressSpace? found = null;
        foreach (var space in _spaces)
        {
            if (space.Matches(recipient) && (found is null || found.Space.Length < space.Space.Length))
                found = space;
        }
        return found;
    }

    private RoutingAddress Next() => _recipients[_next++ % RecipientCount];
}
