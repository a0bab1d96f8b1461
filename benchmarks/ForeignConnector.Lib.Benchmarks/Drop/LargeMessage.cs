using System.ComponentModel;
using System.IO.Abstractions;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Intake;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Benchmarks.Drop;

/// <summary>
/// A message in a file to a Drop directory on the same disk, not durable, and from a Pickup directory to somebody who reads it once and keeps nothing. Beside
/// it a copy by the system, which looks at no line end.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 1, iterationCount: 5, invocationCount: 1)]
[Description("A large message")]
public class LargeMessage
{
    private DropTarget _target = null!;
    private PickupSource _pickup = null!;
    private string _source = "";
    private MessageContent _content = null!;

    [ParamsSource(nameof(Sizes))]
    public long Octets { get; set; }

    public static IEnumerable<long> Sizes => [DryRun.IsActive ? 16 << 20 : 1 << 30];

    [GlobalSetup]
    public void Setup()
    {
        _target = new DropTarget(Places.NewFolderOnDisk(), Durability.None);
        _pickup = new PickupSource(Places.NewFolderOnDisk(), new Reader());
        _source = _target.Folder + ".source";
        WriteMessage(_source);
        _content = MessageContent.FromFile(new FileSystem(), _source);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _target.Dispose();
        _pickup.Dispose();
        _content.Dispose();
        File.Delete(_source);
    }

    [IterationSetup(Targets = [nameof(Copy), nameof(DropAsync)])]
    public void Clear() => _target.Clear();

    [IterationSetup(Target = nameof(PickupAsync))]
    public void FillPickup() => WriteMessage(_pickup.NameOf(1));

    [Benchmark(Baseline = true, Description = "File.Copy")]
    public void Copy() => File.Copy(_source, _target.Names(1).Path);

    [Benchmark(Description = "ForeignConnector.Lib: Drop")]
    public Task DropAsync() => _target.DeliverAsync(1, _content);

    [Benchmark(Description = "ForeignConnector.Lib: Pickup")]
    public Task PickupAsync() => _pickup.EmptyAsync(1);

    private void WriteMessage(string path)
    {
        var part = Corpus.Message(1 << 20);
        using var stream = DropTarget.Create(path);
        for (var written = 0L; written < Octets; written += part.Length)
            stream.Write(part);
    }

    private sealed class Reader : IMailIntake
    {
        public async ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
        {
            var stream = item.Content.OpenRead();
            await using (stream.ConfigureAwait(false))
                await stream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return AcceptResult.Complete;
        }
    }
}
