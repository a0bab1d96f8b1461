using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake;

public class MailSubmissionTests
{
    private static readonly MailEnvelope Envelope = new("a@contoso.com", [new EnvelopeRecipient("b@contoso.com"), new EnvelopeRecipient("c@contoso.com")]);

    private readonly RecordingIntake _intake = new();

    [Theory(DisplayName = "ND-2: a message that has passed through more than 50 systems is refused with 5.4.6")]
    [InlineData(0, true)]
    [InlineData(50, true)]
    [InlineData(51, false)]
    [InlineData(5000, false)]
    public async Task Loops_end(int hops, bool accepted)
    {
        var octets = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("received: from a\r\n by b\r\nX-Received: c\r\n", hops)) + "Subject: s\r\n\r\nReceived: in the body\r\n");
        var files = new MockFileSystem(new Dictionary<string, MockFileData> { ["/m.eml"] = new(octets) });

        foreach (var content in new[] { MessageContent.FromOctets(octets), MessageContent.FromFile(files, "/m.eml") })
        {
            var result = await new MailSubmission(_intake, new SubmissionIdSource(new FakeTimeProvider(), new Random(1))).SubmitAsync(Envelope, content, TestContext.Current.CancellationToken);

            Assert.Equal(accepted ? [] : Envelope.Recipients.Select(recipient => RecipientOutcome.Failed(recipient, DeliveryStatus.Loop)), result.Rejected);
        }
        Assert.Equal(accepted ? 2 : 0, _intake.Messages.Count);
    }

    [Theory(DisplayName = "ND-7: so is one that has passed this server more than 20 times")]
    [InlineData("by HUB01.contoso.com with SMTP", 20, true)]
    [InlineData("by HUB01.contoso.com with SMTP", 21, false)]
    [InlineData("by hub01.contoso.com; today", 21, false)]
    [InlineData("by hub01.contoso.com.test", 50, true)]
    public async Task Passes_of_this_server_end(string by, int count, bool accepted)
    {
        using var content = MessageContent.FromOctets(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"Received: from a\r\n {by}\r\n", count)) + "\r\n"));
        var submission = new MailSubmission(_intake, new SubmissionIdSource(new FakeTimeProvider(), new Random(1))) { ServerName = "hub01.contoso.com" };

        var result = await submission.SubmitAsync(Envelope, content, TestContext.Current.CancellationToken);

        Assert.Equal(accepted ? [] : ["5.4.6", "5.4.6"], result.Rejected.Select(outcome => outcome.Status.ToString()));
    }
}
