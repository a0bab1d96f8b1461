using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>
/// One decision beside the least that it could cost, a dictionary lookup of the recipient's domain, and beside a scan of all spaces.
/// The recipients repeat, as the correspondents of an organisation do; <see cref="ColdRouteLookupBenchmarks"/> asks for a new one each time.
/// </summary>
[MemoryDiagnoser]
public class RouteLookupBenchmarks
{
    private const int RecipientCount = 64;

    private RoutingAddress[] _recipients = [];
    private AddressSpace[] _spaces = [];
    private FrozenDictionary<string, AddressSpace> _byDomain = FrozenDictionary<string, AddressSpace>.Empty;
    private ConnectorSelector? _selector;
    private int _next;

    [Params(10, 1_000, 100_000, 1_000_000)]
    public int Spaces { get; set; }

    [ParamsAllValues]
    public DomainKind Domain { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _spaces = [.. Organization.Spaces(Spaces, Domain != DomainKind.Missing).Select(AddressSpace.Parse)];
        _byDomain = _spaces.ToFrozenDictionary(s => s.Space);
        _selector = new ConnectorSelector(Organization.Connectors(_spaces), TransportTopology.SingleServer("HUB01"));
        _recipients = Organization.Recipients(Domain, Spaces, RecipientCount);
    }

    [Benchmark(Baseline = true, Description = "FrozenDictionary")]
    public AddressSpace? Dictionary() => _byDomain.GetValueOrDefault(Next().Domain!);

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
