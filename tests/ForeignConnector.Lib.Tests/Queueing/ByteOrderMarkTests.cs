using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Queueing;

public class ByteOrderMarkTests
{
    [Fact(DisplayName = "DR-4, PU-12: a byte-order mark in front of a submitted message brings its Bcc to no connector")]
    public async Task Hides_no_bcc()
    {
        var bench = new QueueBench();
        var connector = bench.Connect("a");
        var submission = new MailSubmission(bench.Categorizer, new SubmissionIdSource(bench.Time, new Random(2)));
        byte[] octets = [.. Encoding.UTF8.Preamble, .. "Bcc: hidden@y.com\r\nFrom: bob@contoso.com\r\n\r\nbody\r\n"u8];
        var files = new MockFileSystem(new Dictionary<string, MockFileData> { ["/m.eml"] = new(octets) });

        foreach (var content in new[] { MessageContent.FromOctets(octets), MessageContent.FromFile(files, "/m.eml") })
            await submission.SubmitAsync(new MailEnvelope("bob@contoso.com", [new("one@a.test")]), content, TestContext.Current.CancellationToken);
        await bench.ProcessAsync();

        Assert.Equal(Enumerable.Repeat("From: bob@contoso.com\r\n\r\nbody\r\n", 2), connector.Deliveries.Select(delivery => delivery.Octets));
    }
}
