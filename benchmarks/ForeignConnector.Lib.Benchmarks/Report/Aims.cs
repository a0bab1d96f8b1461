using ForeignConnector.Lib.Benchmarks.Routing;
using ForeignConnector.Lib.Benchmarks.Serialization;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Every aim, in the order of the report.</summary>
internal static class Aims
{
    private const int Million = 1_000_000;

    private static readonly Type Octets = typeof(SerializeOctets);
    private static readonly Type Lookup = typeof(RouteLookupBenchmarks);
    private static readonly Type Build = typeof(RouteTableBuildBenchmarks);

    public static readonly Aim[] All =
    [
        .. SerializeOctets.Sizes.Select(size => Aim.Faster($"serialize {Units.Size(size)} of octets, beside MimeKit", 20, r =>
            r.Time(Octets, nameof(SerializeOctets.MimeKitLoadAndWrite), (nameof(SerializeOctets.Octets), size))
            / r.Time(Octets, nameof(SerializeOctets.Library), (nameof(SerializeOctets.Octets), size)))),
        Aim.AtMost("serialize octets, allocation", 0, Units.Size, r => r.MostAllocated(Octets, nameof(SerializeOctets.Library))),
        Aim.AtMost("serialize 1 MB of octets, beside memcpy", 3, Times, r =>
            r.Time(Octets, nameof(SerializeOctets.Library), (nameof(SerializeOctets.Octets), 1 << 20))
            / r.Time(Octets, nameof(SerializeOctets.MemoryCopy), (nameof(SerializeOctets.Octets), 1 << 20))),
        Aim.AtMost("serialize a MimeMessage, beside MimeMessage.WriteTo", 1.1, Times, r =>
            r.WorstRatio(typeof(SerializeMimeMessage), nameof(SerializeMimeMessage.Library), nameof(SerializeMimeMessage.WriteTo))),
        Aim.AtMost("routing lookup, allocation", 0, Units.Size, r => r.MostAllocated(Lookup, nameof(RouteLookupBenchmarks.Select))),
        Aim.AtMost("routing lookup, beside one FrozenDictionary lookup", 4, Times, r =>
            r.WorstRatio(Lookup, nameof(RouteLookupBenchmarks.Select), nameof(RouteLookupBenchmarks.KnownDomain))),
        .. Enum.GetValues<DomainKind>().Select(kind => Aim.AtMost(
            $"routing lookup with 1,000,000 spaces, beside 1,000 ({kind.ToString().ToLowerInvariant()} domain)", 1.5, Times, r => Growth(r, kind))),
        Aim.AtMost("build the table of 1,000,000 spaces", 3e9, Units.Time, r =>
            r.Time(Build, nameof(RouteTableBuildBenchmarks.Build), (nameof(RouteTableBuildBenchmarks.Spaces), Million))),
        Aim.AtMost("the same, allocated for each space", 300, Units.Size, r =>
            r.Allocated(Build, nameof(RouteTableBuildBenchmarks.Build), (nameof(RouteTableBuildBenchmarks.Spaces), Million)) / Million),
    ];

    private static double? Growth(Results results, DomainKind kind) => LookupTime(results, kind, Million) / LookupTime(results, kind, 1000);

    private static double? LookupTime(Results results, DomainKind kind, int spaces) => results.Time(
        Lookup, nameof(RouteLookupBenchmarks.Select), (nameof(RouteLookupBenchmarks.Spaces), spaces), (nameof(RouteLookupBenchmarks.Domain), kind));

    private static string Times(double ratio) => $"{Units.Digits(ratio)} times";
}
