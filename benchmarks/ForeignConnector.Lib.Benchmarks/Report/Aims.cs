using ForeignConnector.Lib.Benchmarks.Drop;
using ForeignConnector.Lib.Benchmarks.Intake;
using ForeignConnector.Lib.Benchmarks.Queueing;
using ForeignConnector.Lib.Benchmarks.Routing;
using ForeignConnector.Lib.Benchmarks.Serialization;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Every aim, in the order of the report.</summary>
internal static class Aims
{
    private const int Million = 1_000_000;

    private static readonly Type Octets = typeof(SerializeOctets);
    private static readonly Type Envelope = typeof(EnvelopeFromPickup);
    private static readonly Type Pickup = typeof(PickupThroughput);
    private static readonly Type Queue = typeof(QueueGrowth);
    private static readonly Type Lookup = typeof(RouteLookupBenchmarks);
    private static readonly Type Build = typeof(RouteTableBuildBenchmarks);

    private static readonly (string What, string Method)[] LargeMessages = [("drop", nameof(LargeMessage.DropAsync)), ("Pickup", nameof(LargeMessage.PickupAsync))];

    public static readonly Aim[] All =
    [
        .. SerializeOctets.Sizes.Select(size => Aim.Faster($"serialize {Units.Size(size)} of octets, beside MimeKit", 20, r =>
            r.Speed(Octets, nameof(SerializeOctets.Library), nameof(SerializeOctets.MimeKitLoadAndWrite), (nameof(SerializeOctets.Octets), size)))),
        Aim.AtMost("serialize octets, allocation", 0, Units.Size, r => r.MostAllocated(Octets, nameof(SerializeOctets.Library))),
        Aim.AtMost("serialize 1 MB of octets, beside memcpy", 3, Times, r =>
            1 / r.Speed(Octets, nameof(SerializeOctets.Library), nameof(SerializeOctets.MemoryCopy), (nameof(SerializeOctets.Octets), 1 << 20))),
        Aim.AtMost("serialize a MimeMessage, beside MimeMessage.WriteTo", 1.1, Times, r =>
            r.WorstRatio(typeof(SerializeMimeMessage), nameof(SerializeMimeMessage.Library), nameof(SerializeMimeMessage.WriteTo))),
        .. DropInMemory.Sizes.Select(size => Aim.Faster($"drop {Units.Size(size)} to memory, beside create + write + rename", 0.7, r =>
            r.Speed(typeof(DropInMemory), nameof(DropInMemory.Library), nameof(DropInMemory.Raw), (nameof(DropInMemory.Octets), size)))),
        .. DropInMemory.Sizes.Select(size => Aim.Faster($"drop {Units.Size(size)} to memory, beside System.Net.Mail", 5, r =>
            r.Speed(typeof(DropInMemory), nameof(DropInMemory.Library), nameof(DropInMemory.SystemNetMail), (nameof(DropInMemory.Octets), size)))),
        .. DropDurable.Levels.Select(level => Aim.Faster($"durable drop, {level} at a time, beside a flush per message", level >= 64 ? 2.5 : 1, r =>
            r.Speed(typeof(DropDurable), nameof(DropDurable.Library), nameof(DropDurable.FlushPerMessage), (nameof(DropDurable.Concurrent), level)))),
        .. LargeMessages.SelectMany(way => new[]
        {
            Aim.AtMost($"{way.What} of 1 GB, beside File.Copy", 1.5, Times, r => r.WorstRatio(typeof(LargeMessage), way.Method, nameof(LargeMessage.Copy))),
            Aim.AtMost("the same, allocation", 16 << 20, Units.Size, r => r.MostAllocated(typeof(LargeMessage), way.Method)),
        }),
        Aim.Faster("envelope from a Pickup file, beside HeaderList.Load and address parsing", 3, r =>
            r.Speed(Envelope, nameof(EnvelopeFromPickup.Library), nameof(EnvelopeFromPickup.HeaderListAndAddresses))),
        Aim.AtMost("the same, allocation", 0.2, Times, r =>
            r.Allocated(Envelope, nameof(EnvelopeFromPickup.Library)) / r.Allocated(Envelope, nameof(EnvelopeFromPickup.HeaderListAndAddresses))),
        Aim.Faster("Pickup 10,000 files to nowhere, beside a loop with MimeMessage.Load", 3, r =>
            r.Speed(Pickup, nameof(PickupThroughput.LibraryAsync), nameof(PickupThroughput.Loop))),
        Aim.Faster("the same, beside raw rename, read and delete", 0.5, r =>
            r.Speed(Pickup, nameof(PickupThroughput.LibraryAsync), nameof(PickupThroughput.Raw))),
        Aim.AtMost("start over a queue of 100,000 messages", 5e9, Units.Time, r =>
            r.Time(Queue, nameof(QueueGrowth.LoadAsync), (nameof(QueueGrowth.Messages), 100_000))),
        Aim.AtMost("take the next of 100,000 messages, beside the next of 1,000", 1.5, Times, r =>
            r.Time(Queue, nameof(QueueGrowth.TakeAsync), (nameof(QueueGrowth.Messages), 100_000)) / r.Time(Queue, nameof(QueueGrowth.TakeAsync), (nameof(QueueGrowth.Messages), 1_000))),
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
