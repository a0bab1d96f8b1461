using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>A queue in memory with everything around it: connectors that take the domain <c>name.test</c> each, reports, the trail and the clock.</summary>
internal sealed class QueueBench
{
    public const string Directory = "/queue";

    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly SubmissionIdSource _ids;
    // Without a timer, so it need not be disposed.
    private Action _die = () => { };
    private CancellationToken _alive;

    private readonly bool _isInMemory;
    private InMemoryQueueStore? _memory;

    /// <summary>A bench.</summary>
    /// <param name="isInMemory">False keeps the queue in a directory of a simulated disk.</param>
    public QueueBench(bool isInMemory = false)
    {
        _isInMemory = isInMemory;
        _ids = new SubmissionIdSource(Time, new Random(1));
        State = new TransportState(Snapshot([]));
        Restart();
    }

    public CrashingFileSystem Files { get; private set; } = null!;

    /// <summary>What the queue sees of them.</summary>
    public FaultyFileSystem Faults { get; private set; } = null!;

    public LoopClock Time { get; } = new(Start);

    public TransportState State { get; }

    public Dictionary<string, AnsweringConnector> Connectors { get; } = new(StringComparer.OrdinalIgnoreCase);

    public QueueProcessorOptions Options { get; } = new();

    public RecordingReports Reports { get; } = new();

    public RecordingTrail Trail { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public DeliveryQueue Queue { get; private set; } = null!;

    public IQueueStore Store { get; private set; } = null!;

    public Categorizer Categorizer { get; private set; } = null!;

    public QueueRerouter Rerouter { get; private set; } = null!;

    public QueueProcessor Processor { get; private set; } = null!;

    /// <summary>The paths of the files of entries: no journal.</summary>
    public IEnumerable<string> QueueFiles => Files.Now.Files.Select(file => file.Path).Where(path => !path.Contains("/in-flight-", StringComparison.Ordinal));

    /// <summary>The process dies, and all its locks with it; the next one has the same files.</summary>
    public void Restart()
    {
        Files = new CrashingFileSystem(Files?.Now ?? DiskImage.Empty, Time);
        Faults = new FaultyFileSystem(Files);
        // What the dead one had under way does nothing more.
        _die();
        var life = new CancellationTokenSource();
        (_die, _alive) = (life.Cancel, life.Token);
        Store = OpenStore();
        Queue = OpenQueue(Store);
        Categorizer = new Categorizer(State, Queue, "test", new FakeLogger<Categorizer>(Logs));
        Rerouter = new QueueRerouter(State, Queue, Reports, Trail, new FakeLogger<QueueRerouter>(Logs));
        Processor?.Dispose();
        Processor = new QueueProcessor(State, Queue, Options, Reports, Trail, Time, new Random(1), InlineScheduler.Instance, new FakeLogger<QueueProcessor>(Logs));
    }

    public IQueueStore OpenStore() => _isInMemory
        ? _memory = _memory?.Restart() ?? new InMemoryQueueStore(Time)
        : new DirectoryQueueStore(Directory, new DirectoryQueueOptions(), Faults, Faults, Time, new FakeLogger<DirectoryQueueStore>(Logs));

    /// <summary>What the store does fails from now on, as far as a question about its steps says so: steps on the disk, or operations of a store in memory.</summary>
    public void FailWhile(Func<string, Exception?> fault)
    {
        if (_memory is not null)
            _memory.Fault = fault;
        else
            Faults.FailWhile(fault);
    }

    public DeliveryQueue OpenQueue(IQueueStore store) => new(store, new DeliveryQueueOptions(), Trail, Time, new FakeLogger<DeliveryQueue>(Logs));

    /// <summary>A manager with a store of its own, as another process has it; faults do not reach it.</summary>
    public QueueManager Manager => new(
        _memory as IQueueStore ?? new DirectoryQueueStore(Directory, new DirectoryQueueOptions(), Files, Files, Time, new FakeLogger<DirectoryQueueStore>(Logs)), Reports, Trail, Files, Files, Time);

    /// <summary>A message whose delivery by connector a does not end.</summary>
    public Task AcceptDeadlyAsync(TaskCompletionSource<DeliveryReport> never)
    {
        Connect("a").Script = (_, _) => new(never.Task);
        return AcceptAsync("one@a.test");
    }

    /// <summary>Starts a round, dies in the middle of it, and starts again.</summary>
    /// <param name="underWay">How many deliveries are under way then.</param>
    public async Task DieAsync(int underWay)
    {
        var before = Connectors["a"].Deliveries.Count;
        _ = ProcessAsync();
        Assert.Equal(before + underWay, Connectors["a"].Deliveries.Count);
        await LoadAsync();
    }

    /// <summary>What the start of the transport does.</summary>
    public async Task LoadAsync()
    {
        Restart();
        await Queue.LoadAsync(CancellationToken.None);
        await Rerouter.RerouteAsync(CancellationToken.None);
    }

    /// <summary>Puts another configuration in force: these connectors, each for its own domain, and one of them, perhaps, for all others.</summary>
    public void Configure(string[] names, string? rest = null)
    {
        foreach (var name in names)
            Connectors.TryAdd(name, new AnsweringConnector());
        State.Replace(Snapshot(names, rest));
    }

    /// <summary>No connector at all, and a domain of our own in which addresses of other systems are understood.</summary>
    public void ConfigureFax(string acceptedDomain) => State.Replace(Snapshot([], rest: null, acceptedDomain));

    public AnsweringConnector Connect(string name, int maxConcurrent = 1)
    {
        Connectors[name] = new AnsweringConnector { MaxConcurrentDeliveries = maxConcurrent };
        Configure([.. Connectors.Keys]);
        return Connectors[name];
    }

    public async Task<MailItem> AcceptAsync(params string[] recipients)
    {
        var item = Item(recipients);
        await Categorizer.AcceptAsync(item, CancellationToken.None);
        return item;
    }

    public MailItem Item(params string[] recipients) => new(
        _ids.Next(),
        new MailEnvelope("sender@contoso.com", recipients.Select(address => new EnvelopeRecipient(address))),
        MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n")));

    public Task<DeliverySummary> ProcessAsync() => Processor.ProcessDueAsync(_alive);

    public Task<DeliverySummary> ProcessAfterAsync(TimeSpan time)
    {
        Time.Advance(time);
        return ProcessAsync();
    }

    /// <summary>The path of the only file with an extension.</summary>
    public string PathOf(string extension) => Files.Now.Files.Select(file => file.Path).Single(path => path.EndsWith(extension, StringComparison.Ordinal));

    public string Read(string path) => Encoding.UTF8.GetString(Files.File.ReadAllBytes(path));

    public void Write(string path, string text) => Files.File.WriteAllText(path, text, Encoding.ASCII);

    /// <summary>The only sidecar.</summary>
    public string Sidecar() => Read(PathOf(".json"));

    private TransportSnapshot Snapshot(string[] names, string? rest = null, string acceptedDomain = "contoso.com") => new(
        new ConnectorSelector(
            names.Select(name => new ConnectorDefinition
            {
                Name = name,
                AddressSpaces = [AddressSpace.Parse($"{name}.test"), .. name == rest ? [AddressSpace.Parse("*")] : Array.Empty<AddressSpace>()],
            }),
            TransportTopology.SingleServer("HUB01")),
        names.Select(name => KeyValuePair.Create(name, (IForeignConnector)Connectors[name])),
        [acceptedDomain]);
}
