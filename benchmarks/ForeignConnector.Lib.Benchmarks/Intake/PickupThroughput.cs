using System.IO.Abstractions;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
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
    private string _directory = "";
    private IntakeContext? _context;

    [GlobalSetup]
    public void Setup()
    {
        _message = Corpus.Message(4 << 10);
        _directory = Places.NewFolderInMemory();
        _context = new IntakeContext
        {
            Identity = new IntakeIdentity("hub01", "contoso.com", "ForeignConnector.Lib", "1.0"),
            Ids = new SubmissionIdSource(TimeProvider.System, new Random(1)),
            Intake = new Nothing(),
            Files = new FileSystem(),
            Time = TimeProvider.System,
        };
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _context?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [IterationSetup]
    public void Fill()
    {
        for (var i = 0; i < Files; i++)
            File.WriteAllBytes(Path.Combine(_directory, $"{i}.eml"), _message);
    }

    [Benchmark(Baseline = true, Description = "enumerate + MimeMessage.Load + delete")]
    public int Loop()
    {
        var recipients = 0;
        foreach (var path in Directory.EnumerateFiles(_directory, "*.eml").ToList())
        {
            using (var message = MimeMessage.Load(path))
                recipients += message.To.Mailboxes.Count();
            File.Delete(path);
        }
        return recipients;
    }

    [Benchmark(Description = "ForeignConnector.Lib")]
    public async Task<int> LibraryAsync()
    {
        var pump = WatchedDirectory.ForPickup(
            _directory, new WatchedDirectoryOptions { SettleTime = TimeSpan.Zero, MaxMessagesPerMinute = null }, new PickupOptions(), _context!);
        var result = await pump.ProcessPendingAsync(CancellationToken.None);
        return result.Accepted == Files ? Files : throw new InvalidOperationException($"not everything was taken: {result}");
    }

    [Benchmark(Description = "raw: enumerate + rename + read + delete")]
    public long Raw()
    {
        var octets = 0L;
        foreach (var path in Directory.EnumerateFiles(_directory, "*.eml").ToList())
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
