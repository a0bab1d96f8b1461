using System.ComponentModel;
using System.IO.Abstractions;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Benchmarks.Drop;

/// <summary>A message in a file to a Drop directory on the same disk, not durable. Beside it a copy by the system, which looks at no line end.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 1, iterationCount: 5, invocationCount: 1)]
[Description("Drop a large message")]
public class DropLargeMessage
{
    private DropTarget _target = null!;
    private string _source = "";
    private MessageContent _content = null!;

    [ParamsSource(nameof(Sizes))]
    public long Octets { get; set; }

    public static IEnumerable<long> Sizes => [DryRun.IsActive ? 16 << 20 : 1 << 30];

    [GlobalSetup]
    public void Setup()
    {
        _target = new DropTarget(Places.NewFolderOnDisk(), Durability.None);
        _source = _target.Folder + ".source";
        var part = Corpus.Message(1 << 20);
        using (var stream = DropTarget.Create(_source))
        {
            for (var written = 0L; written < Octets; written += part.Length)
                stream.Write(part);
            stream.Flush(flushToDisk: true);
        }
        _content = MessageContent.FromFile(new FileSystem(), _source);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _target.Dispose();
        _content.Dispose();
        File.Delete(_source);
    }

    [IterationSetup]
    public void Clear() => _target.Clear();

    [Benchmark(Baseline = true, Description = "File.Copy")]
    public void Copy() => File.Copy(_source, _target.Names(1).Path);

    [Benchmark(Description = "ForeignConnector.Lib")]
    public Task Library() => _target.DeliverAsync(1, _content);
}
