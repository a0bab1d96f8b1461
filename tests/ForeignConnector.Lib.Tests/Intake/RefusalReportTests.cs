using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>ND-1: who learns that a file was refused, and what becomes of the file.</summary>
public class RefusalReportTests
{
    private const string Bob = "From: bob@contoso.com\r\n";
    private const string Mary = "To: mary@contoso.com\r\n";
    private const string Sender = "X-Sender: <bob@contoso.com> RET=HDRS ENVID=e1\r\n";
    private const string Receiver = "X-Receiver: <mary@contoso.com>\r\n";

    public static TheoryData<string, string, string> BadPickupFiles => new()
    {
        { "5.1.3", "bob@contoso.com", Bob + "To: mary\r\n\r\n" },
        { "5.1.3", "bob@contoso.com", Bob + "To: mary, @@\r\nBcc: 'joe@contoso.com'\r\n\r\n" },
        { "5.6.0", "bob@contoso.com", Bob + "Subject: s\r\n\r\n" },
        { "5.6.0", "bob@contoso.com", Bob + Mary + "this is the body\r\n" },
        { "5.6.0", "s@contoso.com", "From: a@x.com, b@x.com\r\nSender: s@contoso.com\r\nBcc:\r\n\r\n" },
        { "5.6.0", "e@x.com", "X-Sender: <e@x.com>\r\nX-Receiver: <>\r\n" + Bob + "\r\n" },
        { "5.6.0", "bob@contoso.com", "X-Receiver: <>\r\n" + Bob + "\r\n" },
        { "5.5.3", "bob@contoso.com", Bob + "To: " + string.Join(",", Enumerable.Range(0, 101).Select(i => $"r{i}@x.com")) + "\r\n\r\n" },
        { "5.3.4", "bob@contoso.com", Bob + Mary + "X-Long: " + new string('x', 70_000) + "\r\n\r\n" },
    };

    public static TheoryData<string, string> PickupFilesFromNobody => new()
    {
        { "empty", "" },
        { "binary", "\u0001\u0002\0\u00ff\u00fe\n\0" },
        { "no header", "Dear Mary,\r\nfrom Bob\r\n" },
        { "no sender", Mary + "\r\n" },
        { "two Senders", "From: a@x.com, b@x.com\r\nSender: a@x.com, b@x.com\r\n" + Mary + "\r\n" },
        { "two From without Sender", "From: a@x.com, b@x.com\r\n" + Mary + "\r\n" },
        { "an unreadable From", "From: @@\r\n" + Mary + "\r\n" },
        { "two X-Senders", "X-Sender: <a@x.com>\r\nX-Sender: <b@x.com>\r\n" + Receiver + Bob + Mary + "\r\n" },
        { "an X-Sender with a parameter that cannot be", "X-Sender: <a@x.com> BODY=9BIT\r\n" + Receiver + Bob + Mary + "\r\n" },
        { "a From that the limit cuts off", "X-Long: " + new string('x', 65_536 - 25) + "\r\nFrom: bob@contoso.community\r\n\r\n" },
    };

    [Theory(DisplayName = "ND-1: a Pickup file with a sender is reported to it with its code and the original, and is gone")]
    [MemberData(nameof(BadPickupFiles))]
    public async Task Reports_a_bad_pickup_file(string status, string sender, string file)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(file);

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, original) = Assert.Single(bench.Reports.Reports);
        Assert.Equal((SenderReportKind.Failed, sender, status), (asked.Kind, asked.Sender, asked.Status.ToString()));
        Assert.Equal(file, original);
        Assert.NotEmpty(asked.Reason!);
        Assert.Empty(bench.Names);
        Assert.Empty(bench.Intake.Messages);
        Assert.Equal(TrackingEventKind.Fail, Assert.Single(bench.Trail.Events).Kind);
        Assert.Equal(EventIds.Refused, Assert.Single(bench.Logger.Collector.GetSnapshot()).Id.Id);
    }

    [Theory(DisplayName = "BM-1: a Pickup file from nobody, or from who knows whom, is badmail without a report")]
    [MemberData(nameof(PickupFilesFromNobody))]
    public async Task Nobody_to_report_to(string name, string file)
    {
        Assert.NotEmpty(name);
        var bench = IntakeBench.ForPickup();

        await bench.RefuseAsync(file);

        Assert.Empty(bench.Reports.Reports);
        Assert.Equal(TrackingEventKind.BadMail, Assert.Single(bench.Trail.Events).Kind);
    }

    [Fact(DisplayName = "PU-11: what Reject refuses is badmail, whoever it is from")]
    public async Task Rejected_envelopes_are_badmail()
    {
        var bench = IntakeBench.ForPickup(new PickupOptions { EnvelopeHeaders = PickupEnvelopeHeaders.Reject });

        await bench.RefuseAsync(Sender + Receiver + Bob + Mary + "\r\n");

        Assert.Empty(bench.Reports.Reports);
    }

    [Theory(DisplayName = "ND-1: a Replay file whose X-Sender can be read is reported to it, with RET and ENVID")]
    [InlineData(Sender + "Subject: s\r\n" + Receiver + "\r\n")]
    [InlineData(Sender + "Subject: s\r\n\r\n")]
    [InlineData(Sender + "X-Receiver: <a@x.com> <b@x.com>\r\n\r\n")]
    [InlineData(Sender + Receiver + "X-CreatedBy:\r\n\r\n")]
    [InlineData(Sender + "X-Receiver: <a@x.com> NOTIFY=\r\n\r\n")]
    public async Task Reports_a_bad_replay_file(string file)
    {
        var bench = IntakeBench.ForReplay();
        bench.Put(file);

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, original) = Assert.Single(bench.Reports.Reports);
        Assert.Equal(("bob@contoso.com", "5.6.0", "e1", DsnReturn.Hdrs), (asked.Sender, asked.Status.ToString(), asked.EnvelopeId, asked.Return));
        Assert.Equal(file, original);
        Assert.Empty(bench.Names);
    }

    [Theory(DisplayName = "ND-2: the report about a bad Replay file is about its recipients when all of them can be read")]
    [InlineData(Receiver + "X-Receiver: <c@x.com> NOTIFY=NEVER ORCPT=rfc822;d@x.com\r\nX-CreatedBy:\r\n\r\n", 2)]
    [InlineData(Receiver + "Subject: s\r\nX-Receiver: <c@x.com> NOTIFY=NEVER ORCPT=rfc822;d@x.com\r\n\r\n", 2)]
    [InlineData(Receiver + "X-Receiver: <c@x.com> NOTIFY=SELDOM\r\n\r\n", 0)]
    public async Task Names_the_recipients(string rest, int recipients)
    {
        var bench = IntakeBench.ForReplay();
        bench.Put(Sender + rest);

        await bench.PassAsync();

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal(recipients, asked.Outcomes.Length);
        Assert.All(asked.Outcomes, outcome => Assert.Equal((RecipientAction.Failed, "5.6.0"), (outcome.Action, outcome.Status.ToString())));
        if (recipients > 0)
            Assert.Equal((DsnNotify.Never, new OriginalRecipient("rfc822", "d@x.com")), (asked.Outcomes[1].Recipient.Notify, asked.Outcomes[1].Recipient.OriginalRecipient));
    }

    [Fact(DisplayName = "ND-2: a refusal that nobody wants to hear of is not called a report")]
    public async Task Says_that_nobody_is_told()
    {
        var bench = IntakeBench.ForReplay();
        bench.Reports.Script = _ => new(SenderReportResult.NotWanted);
        bench.Put(Sender + "X-Receiver: <c@x.com> NOTIFY=NEVER\r\nX-CreatedBy:\r\n\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Contains("was refused and not reported, as its sender wishes", bench.Logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Logs hold no local part of any address, however it is written")]
    [InlineData("Pickup", Bob + "Bcc: SECRET\r\n\r\n", "")]
    [InlineData("Pickup", Bob + "Bcc: SECRET@contoso..com\r\n\r\n", "")]
    [InlineData("Replay", "X-Sender: <bob@contoso.com>\r\nX-Receiver: <SECRET name@b.test>\r\n\r\n", "…@b.test")]
    [InlineData("Replay", "X-Sender: <bob@contoso.com>\r\nX-Receiver: <SECRET:x y@b.test>\r\n\r\n", "…@b.test")]
    [InlineData("Replay", "X-Sender: <bob@contoso.com>\r\nX-Receiver: <SECRET;x@b.test>\r\n\r\n", "…@b.test")]
    [InlineData("Replay", "X-Sender: <bob@contoso.com>\r\nX-Receiver: <\"x\\\"n >SECRET\"@b.test>\r\n\r\n", "5.1.2")]
    public async Task Logs_no_address(string source, string file, string told)
    {
        foreach (var isReported in new[] { true, false })
        {
            var bench = source == "Pickup" ? IntakeBench.ForPickup() : IntakeBench.ForReplay();
            if (!isReported)
                bench.WithoutReports();
            bench.Intake.Script = (item, _) => new(new AcceptResult([.. item.Envelope.Recipients.Select(to => RecipientOutcome.Failed(to, DeliveryStatus.NoConnector))]));
            bench.Put(file);

            await bench.PassAsync();

            var logged = Assert.Single(bench.Logger.Collector.GetSnapshot()).Message;
            Assert.DoesNotContain("SECRET", logged, StringComparison.Ordinal);
            Assert.Contains(told, logged, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "BM-1: badmail of which a part was accepted says what to do with the rest, and the record names who was refused")]
    public async Task Part_of_it_was_accepted()
    {
        var bench = IntakeBench.ForReplay().WithoutReports();
        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[1], DeliveryStatus.NoConnector)]));
        bench.Put("X-Sender: <>\r\n" + Receiver + "X-Receiver: <c@x.com>\r\n\r\n");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        var text = bench.Read("a.bad.txt");
        Assert.Contains("\nc@x.com: 5.1.2 ", text, StringComparison.Ordinal);
        Assert.Contains("The other 1 of 2 recipients were accepted. To try again, leave only those that were refused in the file", text, StringComparison.Ordinal);
        Assert.DoesNotContain("was not sent", text, StringComparison.Ordinal);
        var badMail = Assert.Single(bench.Trail.Events, happened => happened.Kind == TrackingEventKind.BadMail);
        Assert.Equal(("", "c@x.com"), (badMail.Sender, Assert.Single(badMail.Outcomes).Recipient.Address));
    }

    [Theory(DisplayName = "RP-2: a Replay file without a readable X-Sender is badmail")]
    [InlineData("", "RP-2")]
    [InlineData(Bob + Mary + "\r\n", "RP-2")]
    [InlineData(Receiver + "\r\n", "RP-2")]
    [InlineData(Sender + Sender + Receiver + "\r\n", "RP-2")]
    [InlineData("X-Sender: <a@x.com> <b@x.com>\r\n" + Receiver + "\r\n", "RP-2")]
    [InlineData("X-Sender: <a@x.com> BODY=9BIT\r\n" + Receiver + "\r\n", "EN-1")]
    [InlineData("Subject: s\r\n" + Sender + Receiver + "\r\n", "RP-2")]
    [InlineData("X-Sender: <a\rb@x.com>\r\n" + Receiver + "\r\n", "EN-7")]
    public async Task Replay_badmail(string file, string rule)
    {
        var bench = IntakeBench.ForReplay();

        var text = await bench.RefuseAsync(file);

        Assert.Contains($"Rule: {rule}\n", text, StringComparison.Ordinal);
        Assert.Empty(bench.Reports.Reports);
    }

    [Theory(DisplayName = "ND-7: a Replay file that has passed this server more than 20 times goes in circles")]
    [InlineData("Received: from a by hub01.contoso.com with x; y\r\n", 20, true)]
    [InlineData("Received: from a by hub01.contoso.com with x; y\r\n", 21, false)]
    [InlineData("Received: from a by Replay with FC on HUB01.contoso.com id 1; y\r\n", 20, true)]
    [InlineData("Received: from a by Replay with FC on HUB01.contoso.com id 1; y\r\n", 21, false)]
    [InlineData("Received: from Pickup\r\n by hub01.contoso.com;\r\n", 21, false)]
    [InlineData("Received: from hub01.contoso.com by mx.fabrikam.com for <x@hub01.contoso.com>\r\n", 50, true)]
    public async Task Passes_of_this_server_end(string received, int count, bool accepted)
    {
        var bench = IntakeBench.ForReplay();
        bench.Put(Sender + Receiver + string.Concat(Enumerable.Repeat(received, count)) + "\r\n");

        Assert.Equal(accepted ? new PassResult { Accepted = 1 } : new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Equal(accepted ? [] : ["5.4.6"], bench.Reports.Reports.SelectMany(report => report.Asked.Outcomes).Select(outcome => outcome.Status.ToString()));
    }

    [Fact(DisplayName = "ND-1, 5.4.6: a Replay file with more than 50 Received fields goes in circles: reported for each recipient and not handed over")]
    public async Task Loops_end()
    {
        var received = string.Concat(Enumerable.Repeat("Received: from a by b\r\n", 51));
        var bench = IntakeBench.ForReplay();
        bench.Put(Sender + Receiver + "X-Receiver: <c@x.com> NOTIFY=NEVER\r\n" + received + "\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal(["mary@contoso.com 5.4.6", "c@x.com 5.4.6"], asked.Outcomes.Select(outcome => $"{outcome.Recipient.Address} {outcome.Status}"));
        Assert.Empty(bench.Intake.Messages);
    }

    [Fact(DisplayName = "ND-1: 50 Received fields are not too many")]
    public async Task Fifty_hops_pass()
    {
        var received = string.Concat(Enumerable.Repeat("Received: from a by b\r\n", 50));

        var accepted = await IntakeBench.ForReplay().AcceptAsync(Sender + Receiver + received + "\r\n");

        Assert.Contains(received, accepted.Octets, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "RT-4: refused recipients are reported, the others accepted, and the record tells both")]
    public async Task Reports_refused_recipients()
    {
        var bench = IntakeBench.ForPickup();
        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));
        bench.Put(Bob + "To: a@x.com, b@x.com\r\n\r\nbody");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, original) = Assert.Single(bench.Reports.Reports);
        Assert.Equal("a@x.com", Assert.Single(asked.Outcomes).Recipient.Address);
        Assert.Equal(Assert.Single(bench.Intake.Messages).Octets, original);
        Assert.Equal([TrackingEventKind.Receive, TrackingEventKind.Fail], bench.Trail.Events.Select(happened => happened.Kind));
        Assert.Equal("b@x.com", Assert.Single(bench.Trail.Events[0].Recipients).Address);
        Assert.Equal("a@x.com", Assert.Single(bench.Trail.Events[1].Outcomes).Recipient.Address);
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "RT-4, BM-1: when nobody can be told, the file is badmail, and says which recipients were accepted all the same")]
    public async Task Impossible_reports()
    {
        var bench = IntakeBench.ForPickup();
        bench.Reports.Script = _ => new(SenderReportResult.Impossible);
        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[0], DeliveryStatus.NoConnector)]));
        bench.Put(Bob + "To: a@x.com, b@x.com\r\n\r\nbody");

        Assert.Equal(new PassResult { BadMail = 1 }, await bench.PassAsync());

        Assert.Equal(["a.bad", "a.bad.txt"], bench.Names);
        Assert.Contains("Rule: RT-4\n", bench.Read("a.bad.txt"), StringComparison.Ordinal);
        Assert.Contains("1 of 2 recipients were accepted", bench.Read("a.bad.txt"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ND-2: a sender who wants no report gets none; the file is gone, the record has it")]
    public async Task Reports_that_are_not_wanted()
    {
        var bench = IntakeBench.ForPickup();
        bench.Reports.Script = _ => new(SenderReportResult.NotWanted);
        bench.Put(Bob + "\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Empty(bench.Names);
        Assert.Equal(TrackingEventKind.Fail, Assert.Single(bench.Trail.Events).Kind);
    }

    [Fact(DisplayName = "ND-1: the file is kept until the report is accepted")]
    public async Task The_file_stays_until_the_report_is_accepted()
    {
        var bench = IntakeBench.ForPickup();
        bench.Reports.Script = _ => throw new IOException("the queue is full");
        bench.Put(Bob + "\r\n");

        Assert.Equal(new PassResult { Left = 1 }, await bench.PassAsync());
        Assert.Equal(["a.eml"], bench.Names);
        Assert.Empty(bench.Trail.Events);

        bench.Reports.Script = _ =>
        {
            Assert.Equal(["a.tmp"], bench.Names);
            return new(SenderReportResult.Accepted);
        };
        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());
        Assert.Empty(bench.Names);
    }

    [Fact(DisplayName = "RT-5: while the report about some recipients cannot be made, the others do not get the message at every look")]
    public async Task Accepts_once_whatever_comes_of_the_report()
    {
        var bench = IntakeBench.ForReplay();
        bench.Intake.Script = (item, _) => new(new AcceptResult([RecipientOutcome.Failed(item.Envelope.Recipients[1], DeliveryStatus.NoConnector)]));
        bench.Reports.Script = _ => throw new IOException("the queue is full");
        bench.Put(Sender + Receiver + "X-Receiver: <joe@contoso.com>\r\n\r\n");
        await bench.PassAsync();
        await bench.PassAsync();
        // It stays claimed: under its key those who have it do not get it again, whoever looks next.
        Assert.Equal(["a.tmp"], bench.Names);

        bench.Reports.Script = _ => new(SenderReportResult.Accepted);
        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        Assert.Single(bench.Intake.Messages);
        Assert.Equal("joe@contoso.com", Assert.Single(Assert.Single(bench.Reports.Reports).Asked.Outcomes).Recipient.Address);
        Assert.Equal([TrackingEventKind.Receive, TrackingEventKind.Fail], bench.Trail.Events.Select(happened => happened.Kind));
    }
}
