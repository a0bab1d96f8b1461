using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Intake.Pickup;

/// <summary>PU-5: recipients that can be read get the message; the sender is told of those that cannot.</summary>
public class UnreadableRecipientTests
{
    private const string Bob = "From: bob@contoso.com\r\n";

    [Theory(DisplayName = "PU-5: what cannot be read is reported with 5.1.3 and the text as it was written, after the others have the message")]
    [InlineData("To: , a@x.com,, not an address\r\nBcc: (none)\r\n", "a@x.com", "not an address")]
    [InlineData("To: @@\r\nCc: a@x.com\r\n", "a@x.com", "@@")]
    [InlineData("To: a@x.com!\r\nBcc: b@x.com, 'c@x.com'\r\n", "b@x.com", "a@x.com!, 'c@x.com'")]
    [InlineData("To: mary, a@x.com\r\nCc: mary\r\n", "a@x.com", "mary")]
    public async Task Is_reported(string fields, string recipients, string unreadable)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Bob + fields + "\r\nbody");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Equal(recipients, string.Join(' ', Assert.Single(bench.Intake.Messages).Envelope.Recipients.Select(recipient => recipient.Address)));
        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal((SenderReportKind.Failed, "bob@contoso.com"), (asked.Kind, asked.Sender));
        Assert.Equal(unreadable, string.Join(", ", asked.Outcomes.Select(outcome => outcome.Recipient.Address)));
        Assert.All(asked.Outcomes, outcome => Assert.Equal((RecipientAction.Failed, "5.1.3"), (outcome.Action, outcome.Status.ToString())));
        Assert.All(asked.Outcomes, outcome => Assert.Contains(" The reason: ", outcome.Text, StringComparison.Ordinal));
        Assert.Equal([TrackingEventKind.Receive, TrackingEventKind.Fail], bench.Trail.Events.Select(happened => happened.Kind));
        Assert.Equal(recipients, string.Join(' ', bench.Trail.Events[0].Recipients.Select(recipient => recipient.Address)));
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "PU-5, RT-4: one report tells of those that cannot be read and of those that the transport refuses")]
    public async Task Both_kinds_are_in_one_report()
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));
        bench.Put(Bob + "To: a@x.com, b@x.com, mary\r\n\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Equal(["mary 5.1.3", "a@x.com 5.1.2"], Assert.Single(bench.Reports.Reports).Asked.Outcomes.Select(outcome => $"{outcome.Recipient.Address} {outcome.Status}"));
        Assert.Equal("b@x.com", Assert.Single(bench.Trail.Events[0].Recipients).Address);
    }

    [Fact(DisplayName = "PU-5, RT-5: while the report cannot be made the file stays, and nobody gets the message twice")]
    public async Task Nobody_gets_it_twice()
    {
        var bench = IntakeBench.ForPickup();
        bench.Reports.Script = _ => throw new IOException("the queue is full");
        bench.Put(Bob + "To: a@x.com, mary\r\n\r\n");
        Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
        Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
        Assert.Equal(["a.tmp"], bench.Names);

        bench.Reports.Script = _ => new(SenderReportResult.Accepted);
        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Single(bench.Intake.Messages);
        Assert.Equal("mary", Assert.Single(Assert.Single(bench.Reports.Reports).Asked.Outcomes).Recipient.Address);
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "PU-5, BM-1: when nobody can be told, the reason beside the file has the text and says who got the message; the log has no text")]
    public async Task Nobody_can_be_told()
    {
        var bench = IntakeBench.ForPickup().WithoutReports();
        bench.Put(Bob + "To: a@x.com, SECRET\r\n\r\n");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        var text = bench.Read("a.bad.txt");
        Assert.Contains("\nSECRET: 5.1.3 ", text, StringComparison.Ordinal);
        Assert.Contains("The other 1 of 2 recipients were accepted", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", string.Concat(bench.Logger.Collector.GetSnapshot().Select(record => record.Message)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-3: those that cannot be read count among the recipients")]
    public async Task Unreadable_recipients_count()
    {
        var bench = IntakeBench.ForPickup(new PickupOptions { MaxRecipientsPerMessage = 3 });
        bench.Put(Bob + "To: a@x.com; m1; m2; m3\r\n\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Equal("5.5.3", Assert.Single(bench.Reports.Reports).Asked.Status.ToString());
        Assert.Empty(bench.Intake.Messages);
    }

    [Theory(DisplayName = "PU-5: only when no recipient can be read is the whole message refused, with the text that cannot be")]
    [InlineData("To: mary\r\n", "mary")]
    [InlineData("To: undisclosed-recipients:;\r\nBcc: @@, joe\r\n", "@@")]
    [InlineData("To: a@x.com\u00c2\u00a0\r\n", "U+00A0")]
    public async Task Nobody_can_be_read(string fields, string told)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Bob + fields + "\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal("5.1.3", asked.Status.ToString());
        Assert.Contains(told, asked.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.Intake.Messages);
    }

    [Theory(DisplayName = "PU-5, ND-1: when no recipient can be read the report names every text, once, each with its reason; the log names none")]
    [InlineData("To: SECRET, @@\r\nCc: SECRET\r\nBcc: SECRET@x.com!\r\n", "SECRET (it is not an address)|@@ (it is not an address)|SECRET@x.com! (the domain of it is none: '!' cannot stand in a domain name)")]
    [InlineData("To: SECRET@exam ple.test; SECRET@[x]\r\n", "SECRET@exam ple.test (it is not an address)|SECRET@[x] (the domain of it is none: what stands in its brackets is no address of a host)")]
    [InlineData("Bcc: SECRET\r\n", "SECRET (it is not an address)")]
    public async Task Every_text_is_named(string fields, string told)
    {
        const string Front = "The recipient's address cannot be understood. The reason: ";
        var bench = IntakeBench.ForPickup();
        bench.Put(Bob + fields + "\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.All(asked.Outcomes, outcome => Assert.Equal((RecipientAction.Failed, "5.1.3"), (outcome.Action, outcome.Status.ToString())));
        Assert.All(asked.Outcomes, outcome => Assert.StartsWith(Front, outcome.Text, StringComparison.Ordinal));
        Assert.Equal(told.Split('|'), asked.Outcomes.Select(outcome => $"{outcome.Recipient.Address} ({outcome.Text[Front.Length..^1]})"));
        Assert.DoesNotContain("SECRET", bench.Logger.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Names);
    }

    [Theory(DisplayName = "PU-5: a report names a hundred texts that cannot be read, and says how many there are")]
    [InlineData(100, 100, "none of 100 recipients can be read.")]
    [InlineData(101, 100, "none of 101 recipients can be read; the first 100 are named.")]
    [InlineData(3_000, 100, "none of 3000 recipients can be read; the first 100 are named.")]
    public async Task Not_endless(int texts, int named, string told)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(Bob + "To: " + string.Join("; ", Enumerable.Range(0, texts).Select(i => $"m{i}")) + "\r\n\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal(named, asked.Outcomes.Length);
        Assert.EndsWith(told, asked.Reason, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-5, BM-1: when nobody can be told, the reason beside the file has every text")]
    [InlineData("To: mary, @@\r\n", "mary", "@@")]
    [InlineData("To: x@exam ple.test\r\nBcc: a@[x]\r\n", "x@exam ple.test", "a@[x]")]
    public async Task Every_text_is_in_the_reason(string fields, string first, string second)
    {
        var bench = IntakeBench.ForPickup().WithoutReports();
        bench.Put(Bob + fields + "\r\n");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        Assert.Contains($"\n{first}: 5.1.3 ", bench.Read("a.bad.txt"), StringComparison.Ordinal);
        Assert.Contains($"\n{second}: 5.1.3 ", bench.Read("a.bad.txt"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-6: From names the sender when one of its addresses can be read, Sender when it is needed")]
    [InlineData("From: bob@contoso.com, @@\r\n", "bob@contoso.com")]
    [InlineData("From: , bob@contoso.com\r\nSender: @@\r\n", "bob@contoso.com")]
    [InlineData("From: bob@contoso.com\r\nSender: a@x.com\r\nSender: b@x.com\r\n", "bob@contoso.com")]
    [InlineData("From: @@\r\nSender: s@contoso.com\r\n", "s@contoso.com")]
    [InlineData("From: a@x.com, b@x.com\r\nSender: s@contoso.com, @@\r\n", "s@contoso.com")]
    [InlineData("From: m\u00c3\u00bcller <bob@xn--mller-kva.test>\r\n", "bob@xn--mller-kva.test")]
    public async Task Names_the_sender(string fields, string sender) =>
        Assert.Equal(sender, (await IntakeBench.ForPickup().AcceptAsync(fields + "To: a@x.com\r\n\r\n")).Envelope.Sender);
}
