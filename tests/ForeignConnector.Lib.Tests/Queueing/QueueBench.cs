using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>A queue in memory with everything around it: connectors that take the domain <c>name.test</c> each, reports, the trail and the clock.</summary>
internal sealed class QueueBench
{
    public const string Directory = "/queue";

    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly SubmissionIdSource _ids;

    public QueueBench()
    {
        _ids = new SubmissionIdSource(Time, new Random(1));
        State = new TransportState(Snapshot([]));
        Restart();
    }

    public MockFileSystem Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(Start);

    public TransportState State { get; }

    public Dictionary<string, ScriptedConnector> Connectors { get; } = new(StringComparer.OrdinalIgnoreCase);

    public QueueProcessorOptions Options { get; } = new();

    public RecordingReports Reports { get; } = new();

    public RecordingTrail Trail { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public DirectoryDeliveryQueue Queue { get; private set; } = null!;

    public Categorizer Categorizer { get; private set; } = null!;

    public QueueRerouter Rerouter { get; private set; } = null!;

    public QueueProcessor Processor { get; private set; } = null!;

    /// <summary>The names of all files, without their directories.</summary>
    public IEnumerable<string> Names => Files.AllFiles.Select(path => Files.Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>New objects over the same files: a process that starts.</summary>
    public void Restart()
    {
        Queue = new DirectoryDeliveryQueue(Directory, new DirectoryQueueOptions(), Files, Time, Trail, new FakeLogger<DirectoryDeliveryQueue>(Logs));
        Categorizer = new Categorizer(State, Queue, "test", new FakeLogger<Categorizer>(Logs));
        Rerouter = new QueueRerouter(State, Queue, Reports, Trail, new FakeLogger<QueueRerouter>(Logs));
        Processor?.Dispose();
        Processor = new QueueProcessor(State, Queue, Options, Reports, Trail, Time, new Random(1), new FakeLogger<QueueProcessor>(Logs));
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
            Connectors.TryAdd(name, new ScriptedConnector());
        State.Replace(Snapshot(names, rest));
    }

    public ScriptedConnector Connect(string name, int maxConcurrent = 1)
    {
        Connectors[name] = new ScriptedConnector(maxConcurrent);
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

    public Task<DeliverySummary> ProcessAsync() => Processor.ProcessDueAsync(CancellationToken.None);

    public Task<DeliverySummary> ProcessAfterAsync(TimeSpan time)
    {
        Time.Advance(time);
        return ProcessAsync();
    }

    private TransportSnapshot Snapshot(string[] names, string? rest = null) => new(
        new ConnectorSelector(
            names.Select(name => new ConnectorDefinition
            {
                Name = name,
                AddressSpaces = [AddressSpace.Parse($"{name}.test"), .. name == rest ? [AddressSpace.Parse("*")] : Array.Empty<AddressSpace>()],
            }),
            TransportTopology.SingleServer("HUB01")),
        names.Select(name => KeyValuePair.Create(name, (IForeignConnector)Connectors[name])),
        ["contoso.com"]);
}
