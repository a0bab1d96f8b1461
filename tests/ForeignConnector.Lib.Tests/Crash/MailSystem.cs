using System.IO.Abstractions;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>
/// The whole transport on a file system of a test, put together as a host does it: Pickup, categorizer, queue, and a Drop connector for a.test, one for b.test (on a volume of its own
/// if the file system says so) and one of the test's own for own.test.
/// </summary>
internal sealed class MailSystem : IDisposable
{
    public const string Pickup = "/mail/pickup";
    public const string Queue = "/mail/queue";
    public const string DropA = "/mail/drop/a";
    public const string DropB = "/other/b";

    private static readonly ConnectorSelector Selector = new(
        new[] { "a", "b", "own" }.Select(name => new ConnectorDefinition { Name = name, AddressSpaces = [AddressSpace.Parse(name + ".test")] }),
        TransportTopology.SingleServer("hub01"));

    private readonly TransportRounds _transport;
    private readonly IntakeContext _intake;
    private readonly DirectoryQueueStore _store;

    public MailSystem(IFileSystem files, IPlatformFiles platform, TimeProvider time, IForeignConnector own, Durability durability = Durability.Grouped, ISenderReports? reports = null)
    {
        A = Drop("a", DropA, durability, files, platform);
        _store = new DirectoryQueueStore(Queue, new DirectoryQueueOptions(), files, platform, time, NullLogger.Instance);
        DeliveryQueue = new DeliveryQueue(_store, new DeliveryQueueOptions { PoisonThreshold = 10 }, MessageTrails.None, time, NullLogger<DeliveryQueue>.Instance);
        var state = new TransportState(new TransportSnapshot(
            Selector,
            new Dictionary<string, IForeignConnector> { ["a"] = A, ["b"] = Drop("b", DropB, durability, files, platform), ["own"] = own },
            []));
        var categorizer = new Categorizer(state, DeliveryQueue, "test", NullLogger<Categorizer>.Instance);
        // Keys that no other run has, and that are the same in each recording of this one.
        var ids = new SubmissionIdSource(time, new Random(unchecked((int)time.GetUtcNow().Ticks)));
        _intake = new IntakeContext
        {
            Identity = new IntakeIdentity("hub01", "hub01.test", "test", "1"),
            Ids = ids,
            Intake = categorizer,
            // One file after the other, so that every run is the same; and no crash of these is the message's fault.
            MaxConcurrency = 1,
            PoisonThreshold = 10,
            JournalDirectory = Queue,
            Files = files,
            Time = time,
        };
        var pickup = new WatchedDirectory(
            Pickup, new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero }, new PickupParser(new PickupOptions()), _intake, platform);
        reports ??= NoSenderReports.Instance;
        var processor = new QueueProcessor(
            state, DeliveryQueue, new QueueProcessorOptions(), reports, MessageTrails.None, time, new Random(1), InlineScheduler.Instance, NullLogger<QueueProcessor>.Instance);
        var rerouter = new QueueRerouter(state, DeliveryQueue, reports, MessageTrails.None, NullLogger<QueueRerouter>.Instance);
        _transport = new TransportRounds(() => { }, DeliveryQueue, rerouter, processor, ids, [pickup], TimeSpan.Zero, time, () => { });
    }

    public DeliveryQueue DeliveryQueue { get; }

    public DropDirectoryConnector A { get; }

    public Task StartAsync() => _transport.StartAsync();

    /// <summary>Takes in what is in Pickup.</summary>
    public Task<PassResult> TakeInAsync() => _transport.Directories[0].ProcessPendingAsync(CancellationToken.None);

    /// <summary>Delivers what is due.</summary>
    public Task<DeliverySummary> DeliverAsync() => _transport.Processor.ProcessDueAsync(CancellationToken.None);

    /// <summary>Starts, takes in and delivers.</summary>
    public Task RunAsync() => _transport.ProcessPendingAsync();

    public void Dispose()
    {
        _transport.Processor.Dispose();
        _transport.Dispose();
        _store.Dispose();
        _intake.Dispose();
    }

    private static DropDirectoryConnector Drop(string name, string directory, Durability durability, IFileSystem files, IPlatformFiles platform) =>
        new(new DropDirectoryOptions { Name = name, DropDirectory = directory, CreateDropDirectory = true, Durability = durability }, files, platform, NullLogger.Instance);
}
