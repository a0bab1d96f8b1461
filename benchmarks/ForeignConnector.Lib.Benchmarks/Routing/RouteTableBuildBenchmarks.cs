using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>What a change of the configuration costs: reading the texts of the address spaces, and building the table.</summary>
[MemoryDiagnoser]
public class RouteTableBuildBenchmarks
{
    private static readonly TransportTopology Topology = TransportTopology.SingleServer("HUB01");

    private string[] _texts = [];
    private ConnectorDefinition[] _connectors = [];

    [Params(1_000, 100_000, 1_000_000)]
    public int Spaces { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _texts = [.. Organization.Spaces(Spaces, withDefault: true)];
        _connectors = Organization.Connectors(Parse());
        Console.WriteLine($"// Retained by the table: {Retained(Build, Spaces):F0} bytes a space; by the parsed spaces: {Retained(Parse, Spaces):F0}");
    }

    [Benchmark]
    public AddressSpace[] Parse() => [.. _texts.Select(AddressSpace.Parse)];

    [Benchmark]
    public ConnectorSelector Build() => new(_connectors, Topology);

    private static double Retained(Func<object> make, int spaces)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var made = make();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(made);
        return (after - before) / (double)spaces;
    }
}
