using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Benchmarks.Intake;

/// <summary>
/// A Pickup directory in memory with 10,000 files of 4 KB, emptied into nothing: what the pump costs without the disk and the queue. Beside it the loop that
/// an application would write, and the least that a claim, a read and a delete cost.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 8, invocationCount: 1)]
public class PickupThroughput
{
    private const int Files = 10_000;

    private readonly byte[] _buffer = new byte[64 << 10];
    private byte[] _message = [];
    private PickupSource _pickup = null!;

    [GlobalSetup]
    public void Setup()
    {
        _message = Corpus.Message(4 << 10);
        _pickup = new PickupSource(Places.NewFolderInMemory(), new Nothing());
    }

    [GlobalCleanup]
    public void Cleanup() => _pickup.Dispose();

    [IterationSetup]
    public void Fill()
    {
        for (var i = 0; i < Files; i++)
            File.WriteAllBytes(_pickup.NameOf(i), _message);
    }

    [Benchmark(Baseline = true, Description = "enumerate + MimeMessage.Load + delete")]
    public int Loop()
    {
        var recipients = 0;
        foreach (var path in _pickup.List())
        {
            using (var message = MimeMessage.Load(path))
                recipients += message.To.Mailboxes.Count();
            File.Delete(path);
        }
        return recipients;
    }

    [Benchmark(Description = "ForeignConnector.Lib")]
    public Task<int> LibraryAsync() => _pickup.EmptyAsync(Files);

    [Benchmark(Description = "raw: enumerate + rename + read + delete")]
    public long Raw()
    {
        var octets = 0L;
        foreach (var path in _pickup.List())
        {
            var claim = Path.ChangeExtension(path, ".tmp");
            File.Move(path, claim);
            using (var file = File.OpenHandle(claim))
                octets += RandomAccess.Read(file, _buffer, 0);
            File.Delete(claim);
        }
        return octets;
    }

    private sealed class Nothing : IMailIntake
    {
        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken) => new(AcceptResult.Complete);
    }
}
