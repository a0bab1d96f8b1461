using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Benchmarks.Serialization;

/// <summary>A <see cref="MimeMessage"/> at the door: serialised once, then octets for ever. Beside it the bare WriteTo.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 5, iterationCount: 12)]
[Description("Serialize a MimeMessage")]
public class SerializeMimeMessage
{
    private readonly FormatOptions _format = FormatOptions.Default.Clone();
    private MimeMessage _message = new();

    [Params(4 << 10, 64 << 10, 1 << 20)]
    public int Octets { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _format.NewLineFormat = NewLineFormat.Dos;
        _message = MimeMessage.Load(new MemoryStream(Corpus.Message(Octets)));
    }

    [GlobalCleanup]
    public void Cleanup() => _message.Dispose();

    [Benchmark(Baseline = true, Description = "MimeMessage.WriteTo")]
    public long WriteTo()
    {
        using var stream = new MemoryStream();
        _message.WriteTo(_format, stream);
        return stream.Length;
    }

    [Benchmark(Description = "ForeignConnector.Lib")]
    public long Library()
    {
        using var content = MessageContent.FromMessage(_message);
        return content.Length;
    }
}
