using System.ComponentModel;
using System.Net.Mail;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Benchmarks.Drop;

/// <summary>
/// One message after the other to a Drop directory in memory, nothing flushed: what the code costs. Beside it the least that any file takes, and what
/// applications do today.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 3, iterationCount: 10, invocationCount: 1)]
[Description("Drop a message to files in memory, not durable")]
public class DropInMemory
{
    private const int Messages = 2000;

    private readonly FormatOptions _format = FormatOptions.Default.Clone();
    private DropTarget _target = null!;
    private MessageContent _content = null!;
    private byte[] _file = [];
    private MimeMessage _mimeKit = new();
    private MailMessage _mail = new();
    private SmtpClient _client = new();

    [ParamsSource(nameof(Sizes))]
    public int Octets { get; set; }

    public static IEnumerable<int> Sizes => [4 << 10, 64 << 10];

    [GlobalSetup]
    public void Setup()
    {
        _target = new DropTarget(Places.NewFolderInMemory(), Durability.None);
        var message = Corpus.Message(Octets);
        _content = MessageContent.FromOctets(message);
        _file = DropTarget.FileOf(message);
        _format.NewLineFormat = NewLineFormat.Dos;
        _mimeKit = MimeMessage.Load(new MemoryStream(message));
        _mail = Compose(Octets);
        _client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = _target.Folder };
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _target.Dispose();
        _content.Dispose();
        _mimeKit.Dispose();
        _mail.Dispose();
        _client.Dispose();
    }

    [IterationSetup]
    public void Clear() => _target.Clear();

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages, Description = "create, write, rename")]
    public void Raw()
    {
        for (var i = 0; i < Messages; i++)
            _target.WriteRaw(i, _file);
    }

    [Benchmark(OperationsPerInvoke = Messages, Description = "ForeignConnector.Lib")]
    public async Task Library()
    {
        for (var i = 0; i < Messages; i++)
            await _target.DeliverAsync(i, _content);
    }

    [Benchmark(OperationsPerInvoke = Messages, Description = "MimeKit WriteTo + File.Move")]
    public void MimeKitAndMove()
    {
        for (var i = 0; i < Messages; i++)
        {
            var (temporary, path) = _target.Names(i);
            using (var stream = File.Create(temporary))
                _mimeKit.WriteTo(_format, stream);
            File.Move(temporary, path);
        }
    }

    [Benchmark(OperationsPerInvoke = Messages, Description = "System.Net.Mail, pickup directory")]
    public void SystemNetMail()
    {
        for (var i = 0; i < Messages; i++)
            _client.Send(_mail);
    }

    // An attachment that makes a message of about as many octets.
    private static MailMessage Compose(int octets)
    {
        var mail = new MailMessage("billing@contoso.com", "fax@contoso.com", "Rechnung 4711", "See the attachment.");
        mail.Attachments.Add(new Attachment(new MemoryStream(new byte[octets * 57 / 80]), "invoice.pdf", "application/pdf"));
        return mail;
    }
}
