using System.ComponentModel;
using System.Diagnostics;
using System.IO.Abstractions;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Benchmarks.Drop;

/// <summary>
/// Messages of 4 KB to a Drop directory on disk, each safe from a power cut when its delivery is reported, so many at a time. Beside it a flush
/// of the file and of the directory for each message, with as many threads as makes it fastest. Each measurement has a directory of its own, and nothing
/// is deleted before the last one: some file systems are slow to create files where many were deleted a moment ago.
/// </summary>
[SimpleJob(warmupCount: 4, iterationCount: 8, invocationCount: 1)]
[Description("Drop a message to disk, durable")]
public class DropDurable
{
    private const int Octets = 4 << 10;
    private const int Messages = 512;
    private const int Trial = 64;

    // .NET cannot flush a directory.
    private readonly IPlatformFiles _platform = PlatformFiles.For(new FileSystem());

    private readonly List<DropTarget> _targets = [];
    private MessageContent _content = null!;
    private byte[] _file = [];
    private int _threads;

    [ParamsSource(nameof(Levels))]
    public int Concurrent { get; set; }

    private DropTarget Target => _targets[^1];

    public static IEnumerable<int> Levels => DryRun.IsActive ? [1] : [1, 16, 64, 256];

    [GlobalSetup]
    public void Setup()
    {
        var message = Corpus.Message(Octets);
        _content = MessageContent.FromOctets(message);
        _file = DropTarget.FileOf(message);
        _threads = BestNumberOfThreads();
        Console.WriteLine($"// the fastest number of threads for a flush per message, up to {Concurrent}: {_threads}");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _targets.ForEach(target => target.Dispose());
        _content.Dispose();
    }

    [IterationSetup]
    public void NewTarget() => _targets.Add(new DropTarget(Places.NewFolderOnDisk(), Durability.Grouped));

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages, Description = "fsync of file and directory per message")]
    public void FlushPerMessage() => FlushEach(Messages, _threads);

    [Benchmark(OperationsPerInvoke = Messages, Description = "ForeignConnector.Lib")]
    public Task Library() => Parallel.ForAsync(
        0,
        Messages,
        new ParallelOptions { MaxDegreeOfParallelism = Concurrent },
        async (i, _) => await Target.DeliverAsync(i, _content));

    private int BestNumberOfThreads()
    {
        var best = (Threads: 1, Time: TimeSpan.MaxValue);
        for (var threads = 1; threads <= Concurrent; threads *= 2)
        {
            NewTarget();
            var clock = Stopwatch.StartNew();
            FlushEach(Trial, threads);
            if (clock.Elapsed < best.Time)
                best = (threads, clock.Elapsed);
        }
        return best.Threads;
    }

    private void FlushEach(int messages, int threads)
    {
        var next = -1;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < messages; i = Interlocked.Increment(ref next))
                WriteAndFlush(i);
        })).ToArray();
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
    }

    private void WriteAndFlush(int number)
    {
        var (temporary, path) = Target.Names(number);
        using (var stream = DropTarget.Create(temporary))
        {
            stream.Write(_file);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path);
        _platform.FlushDirectory(Target.Folder);
    }
}
