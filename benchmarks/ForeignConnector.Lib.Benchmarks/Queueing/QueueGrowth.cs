using System.ComponentModel;
using System.IO.Abstractions;
using System.Text;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Benchmarks.Queueing;

/// <summary>What a long queue costs: the start over it, and finding and taking the next message. None of it may follow from how many wait, but the start.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 1, iterationCount: 8)]
[Description("The queue, over the messages that wait in it")]
public class QueueGrowth
{
    private const string Connector = "fax";

    private static readonly FileSystem Files = new();

    private string _directory = "";
    private DirectoryQueueStore _queue = null!;

    [ParamsSource(nameof(Lengths))]
    public int Messages { get; set; }

    public static IEnumerable<int> Lengths => DryRun.IsActive ? [100] : [1_000, 10_000, 100_000];

    [GlobalSetup]
    public void Fill()
    {
        _directory = Places.NewFolderInMemory();
        var folder = Directory.CreateDirectory(Path.Combine(_directory, Connector)).FullName;
        var item = new MailItem(default, new MailEnvelope("a@contoso.com", [new EnvelopeRecipient("b@fax.test")]), MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n")));
        using var file = new MemoryStream();
        MessageFile.WriteAsync(item.Envelope, item.Content, file, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var ids = new SubmissionIdSource(TimeProvider.System, new Random(1));
        for (var i = 0; i < Messages; i++)
            File.WriteAllBytes(Path.Combine(folder, QueueFileName.For(item with { Id = ids.Next() }, Connector) + ".eml"), file.ToArray());
        _queue = Open();
        _queue.LoadAsync(Judge, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Empty()
    {
        _queue.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(Description = "start: know every message")]
    public async Task<int> LoadAsync()
    {
        using var queue = Open();
        return (await queue.LoadAsync(Judge, CancellationToken.None)).Found;
    }

    [Benchmark(Description = "when is the next one due?")]
    public DateTimeOffset? NextDue() => _queue.Overview.Of(Connector)?.NextDue;

    [Benchmark(Description = "take the next one, and give it back")]
    public async Task TakeAsync()
    {
        await foreach (var lease in _queue.LeaseAsync(LeaseQuery.Due(Connector, DateTimeOffset.MaxValue), CancellationToken.None))
        {
            await using (lease)
                break;
        }
    }

    private static CrashDecision Judge(CrashedEntry crashed) => new(crashed.State.AfterCrash(), SetAside: null);

    private DirectoryQueueStore Open() =>
        new(_directory, new DirectoryQueueOptions(), Files, TimeProvider.System, NullLogger<DirectoryQueueStore>.Instance);
}
