using System.Buffers;
using System.ComponentModel;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using MimeKit;

namespace ForeignConnector.Lib.Benchmarks.Serialization;

/// <summary>
/// The hot path: a message that arrived as octets becomes a Drop file in memory (envelope block, edited header, body with CRLF line ends). Beside it
/// what an application without the library does, and the floor: copying the octets.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 5, iterationCount: 12)]
[Description("Serialize a message that arrived as octets")]
public class SerializeOctets
{
    private readonly MailEnvelope _envelope = new("billing@contoso.com", [new EnvelopeRecipient("IMCEAFAX-+2B1+20425+20555+200100@contoso.com")]);
    private readonly ArrayBufferWriter<byte> _output = new(2 << 20);
    private readonly MemoryStream _stream = new(2 << 20);
    private readonly FormatOptions _format = FormatOptions.Default.Clone();
    private byte[] _message = [];
    private byte[] _copy = [];

    [ParamsSource(nameof(Sizes))]
    public int Octets { get; set; }

    public static IEnumerable<int> Sizes => [4 << 10, 64 << 10, 1 << 20];

    [GlobalSetup]
    public void Setup()
    {
        _message = Corpus.Message(Octets);
        _copy = new byte[_message.Length];
        _format.NewLineFormat = NewLineFormat.Dos;
    }

    [GlobalCleanup]
    public void Cleanup() => _stream.Dispose();

    [Benchmark(Baseline = true, Description = "MimeKit Load + WriteTo")]
    public long MimeKitLoadAndWrite()
    {
        _stream.SetLength(0);
        using var message = MimeMessage.Load(new MemoryStream(_message, writable: false));
        message.WriteTo(_format, _stream);
        return _stream.Length;
    }

    [Benchmark(Description = "ForeignConnector.Lib")]
    public int Library()
    {
        _output.ResetWrittenCount();
        MessageFile.Write(_envelope, _message, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "memcpy")]
    public int MemoryCopy()
    {
        _message.AsSpan().CopyTo(_copy);
        return _copy.Length;
    }
}
