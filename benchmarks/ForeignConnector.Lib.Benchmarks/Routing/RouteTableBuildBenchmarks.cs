using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>What a change of the configuration costs: reading the texts of the address spaces, and building the table. What building allocates is an upper bound of what the table keeps.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 1, iterationCount: 5)]
[Description("Build the routing table")]
public class RouteTableBuildBenchmarks
{
    private static readonly TransportTopology Topology = TransportTopology.SingleServer("HUB01");

    private string[] _texts = [];
    private ConnectorDefinition[] _connectors = [];

    [ParamsSource(nameof(SpaceCounts))]
    public int Spaces { get; set; }

    public static IEnumerable<int> SpaceCounts => DryRun.IsActive ? [1_000] : [1_000, 100_000, 1_000_000];

    [GlobalSetup]
    public void Prepare()
    {
        _texts = [.. Organization.Spaces(Spaces, withDefault: true)];
        _connectors = Organization.Connectors(Parse());
    }

    [Benchmark]
    public AddressSpace[] Parse() => [.. _texts.Select(AddressSpace.Parse)];

    [Benchmark]
    public ConnectorSelector Build() => new(_connectors, Topology);
}
