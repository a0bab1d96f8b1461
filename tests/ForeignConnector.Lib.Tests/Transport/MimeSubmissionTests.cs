using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>Code submits a message of MimeKit, and may submit it again.</summary>
public class MimeSubmissionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "To, Cc and Bcc are the envelope, each address once; Sender goes before From; Bcc does not leave")]
    public async Task Makes_the_envelope()
    {
        var intake = new RecordingIntake();
        var message = TransportBench.Message("one@a.test", "One <one@a.test>");
        message.Sender = MailboxAddress.Parse("secretary@contoso.com");
        message.Cc.Add(GroupAddress.Parse("team: two@a.test, three@a.test;"));
        message.Bcc.Add(MailboxAddress.Parse("hidden@a.test"));
        message.Headers.Add("Resent-Bcc", "again@a.test");

        var result = await Submission(intake).SubmitAsync(message, cancellationToken: Cancellation);

        var taken = Assert.Single(intake.Messages);
        Assert.Equal("secretary@contoso.com", taken.Envelope.Sender);
        Assert.Equal(["one@a.test", "two@a.test", "three@a.test", "hidden@a.test"], taken.Envelope.Recipients.Select(recipient => recipient.Address));
        var text = taken.Octets;
        Assert.DoesNotContain("hidden@", text, StringComparison.Ordinal);
        Assert.DoesNotContain("again@", text, StringComparison.Ordinal);
        Assert.Contains("team:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEqual(default, result.Id);
        // The caller's message is as it was.
        Assert.Single(message.Bcc);
    }

    [Theory(DisplayName = "PU-5: a message without a sender or without a recipient is refused")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_half_an_envelope(bool hasSender)
    {
        var message = TransportBench.Message("one@a.test");
        if (hasSender)
            message.To.Clear();
        else
            message.From.Clear();
        var intake = new RecordingIntake();

        await Assert.ThrowsAsync<MailFormatException>(() => Submission(intake).SubmitAsync(message, cancellationToken: Cancellation).AsTask());

        Assert.Empty(intake.Messages);
    }

    [Fact(DisplayName = "The same idempotency key is the same submission: one id, one message; another key is another one")]
    public async Task Is_submitted_once()
    {
        await using var bench = new TransportBench();

        var first = await SubmitAsync(bench, "order 1");
        var second = await SubmitAsync(bench, "order 1");
        var other = await SubmitAsync(bench, "order 2");
        await bench.Transport.ProcessPendingAsync(Cancellation);
        var late = await SubmitAsync(bench, "order 1");
        await bench.Transport.ProcessPendingAsync(Cancellation);

        Assert.Equal([first.Id, first.Id], [second.Id, late.Id]);
        Assert.NotEqual(first.Id.Key, other.Id.Key);
        Assert.Equal(2, bench.Dropped("A").Length);
    }

    [Fact(DisplayName = "A submission with a key is known over a restart while it is in the queue, under its id, and nobody gets it twice")]
    public async Task Is_known_over_a_restart()
    {
        var files = new MockFileSystem();
        SubmissionId first;
        await using (var before = new TransportBench(files: files))
        {
            await before.Transport.StartAsync();
            first = (await SubmitAsync(before, "order 1")).Id;
        }
        await using var bench = new TransportBench(files: files);
        await bench.Transport.StartAsync();

        var second = await SubmitAsync(bench, "order 1");
        await bench.Transport.ProcessPendingAsync(Cancellation);

        Assert.Equal(first, second.Id);
        Assert.Single(bench.Dropped("A"));
    }

    [Fact(DisplayName = "Two submissions with one key at a time: the second one waits for the answer of the first, and tries itself when that fails")]
    public async Task Waits_for_the_one_under_way()
    {
        var intake = new SlowIntake();
        var submission = Submission(intake);

        var first = submission.SubmitAsync(TransportBench.Message("one@a.test"), "key", Cancellation).AsTask();
        var second = submission.SubmitAsync(TransportBench.Message("one@a.test"), "key", Cancellation).AsTask();
        Assert.False(second.IsCompleted);
        intake.Answers[0].SetException(new IOException("full"));
        await Assert.ThrowsAsync<IOException>(() => first);
        await intake.Second.Task.WaitAsync(Cancellation);
        intake.Answers[1].SetResult(AcceptResult.Complete);

        var third = await submission.SubmitAsync(TransportBench.Message("one@a.test"), "key", Cancellation);
        Assert.Equal((await second).Id, third.Id);
        Assert.Equal(2, intake.Calls);
    }

    private static MailSubmission Submission(IMailIntake intake) => new(intake, new SubmissionIdSource(new FakeTimeProvider(TransportBench.Now), new Random(1)));

    private static async Task<AcceptResult> SubmitAsync(TransportBench bench, string key) =>
        await bench.Transport.SubmitAsync(TransportBench.Message("one@a.test"), key, Cancellation);

    private sealed class SlowIntake : IMailIntake
    {
        private int _calls;

        public TaskCompletionSource<AcceptResult>[] Answers { get; } = [new(), new()];

        public TaskCompletionSource Second { get; } = new();

        public int Calls => _calls;

        public async ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
        {
            var call = Interlocked.Increment(ref _calls);
            if (call == 2)
                Second.SetResult();
            return await Answers[call - 1].Task;
        }
    }
}
