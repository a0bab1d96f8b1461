using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Benchmarks.Intake;

/// <summary>
/// From the header of a Pickup file to its envelope, which for the library includes the header as it is passed on. Beside it what an application
/// would do with MimeKit: read the header alone and parse its address fields, or load the message.
/// </summary>
[MemoryDiagnoser]
public class EnvelopeFromPickup
{
    private static readonly SubmissionId Id = new(new DateTimeOffset(2026, 11, 23, 8, 15, 0, TimeSpan.Zero), 4711);

    private readonly IHeaderParser _parser = new PickupParser(100, PickupEnvelopeHeaders.Honor);
    private readonly IntakeIdentity _identity = new("hub01", "contoso.com", "ForeignConnector.Lib", "1.0");
    private byte[] _message = [];
    private byte[] _header = [];

    [GlobalSetup]
    public void Setup()
    {
        _message = Corpus.Message(4 << 10);
        _header = _message[..(_message.AsSpan().IndexOf("\r\n\r\n"u8) + 4)];
    }

    [Benchmark(Baseline = true, Description = "MimeKit HeaderList.Load + address parsing")]
    public int HeaderListAndAddresses()
    {
        var headers = HeaderList.Load(new MemoryStream(_header, writable: false));
        return Count(headers, HeaderId.From) + Count(headers, HeaderId.To) + Count(headers, HeaderId.Cc);
    }

    [Benchmark(Description = "MimeMessage.Load")]
    public int MimeMessageLoad()
    {
        using var message = MimeMessage.Load(new MemoryStream(_message, writable: false));
        return message.From.Mailboxes.Count() + message.To.Mailboxes.Count() + message.Cc.Mailboxes.Count();
    }

    [Benchmark(Description = "ForeignConnector.Lib")]
    public int Library()
    {
        using var message = _parser.Parse(_header.AsSpan(0, _header.Length - 2), 0, "\r\n"u8, _identity, Id);
        return message.Envelope.Recipients.Length;
    }

    private static int Count(HeaderList headers, HeaderId id)
    {
        var count = 0;
        foreach (var header in headers)
        {
            if (header.Id == id)
                count += InternetAddressList.Parse(header.RawValue).Mailboxes.Count();
        }
        return count;
    }
}
