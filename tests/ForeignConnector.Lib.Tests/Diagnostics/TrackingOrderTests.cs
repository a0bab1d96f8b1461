using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Tests.Intake;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-2: a message comes in before it goes out, also in the log, however fast its connector is.</summary>
public sealed class TrackingOrderTests : IDisposable
{
    private const string Message = "From: a@x.test\r\nTo: b@y.test\r\n\r\nbody\r\n";

    private readonly TrackingBench _bench = new();
    private readonly RecordingIntake _intake = new();

    // The queue hands the message to its connector, and that delivers it, before the message counts as accepted.
    public TrackingOrderTests() => _intake.Script = (item, _) =>
    {
        Trail.Record(Sent(item.Id));
        return new(AcceptResult.Complete);
    };

    private IMessageTrail Trail => field ??= MessageTrails.Combine([MessageTrails.None, _bench.Log, new RecordingTrail()]);

    private IEnumerable<string> Events
    {
        get
        {
            _bench.Log.Flush();
            return _bench.Read().Events.Select(line => line["event-id"]);
        }
    }

    public void Dispose() => _bench.Dispose();

    [Fact(DisplayName = "TR-2: SEND is not written before its RECEIVE, for a message of an application")]
    public async Task Orders_submissions()
    {
        var submission = new MailSubmission(_intake, new SubmissionIdSource(_bench.Time, new Random(1)), Trail, _bench.Time);

        await submission.SubmitAsync(new MailEnvelope("a@x.test", [new("b@y.test")]), Content(), TestContext.Current.CancellationToken);

        Assert.Equal(["RECEIVE", "SEND"], Events);
    }

    [Theory(DisplayName = "TR-2: SEND is not written before its RECEIVE, for files of Pickup and Replay")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Orders_files(bool isPickup)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(isPickup ? Message : "X-Sender: <a@x.test>\r\nX-Receiver: <b@y.test>\r\nX-EndOfInjectedXHeaders: 0\r\n" + Message);
        var context = new IntakeContext
        {
            Identity = bench.Context.Identity,
            Ids = bench.Context.Ids,
            Intake = _intake,
            Reports = bench.Reports,
            Trail = Trail,
            Files = bench.Files,
            Time = bench.Time,
            JournalDirectory = "/journals",
        };
        var watched = isPickup
            ? WatchedDirectory.ForPickup(IntakeBench.Directory, new WatchedDirectoryOptions(), new PickupOptions(), context)
            : WatchedDirectory.ForReplay(IntakeBench.Directory, new WatchedDirectoryOptions(), new ReplayOptions(), context);

        Assert.Equal(1, (await watched.ProcessPendingAsync(TestContext.Current.CancellationToken)).Accepted);

        Assert.Equal(["RECEIVE", "SEND"], Events);
    }

    [Fact(DisplayName = "TR-2: SEND is not written before its DSN, for a report")]
    public async Task Orders_reports()
    {
        var reports = new SenderReports(
            _intake, new SubmissionIdSource(_bench.Time, new Random(1)),
            new ReportOptions { ServerName = "HUB01", DefaultDomain = "contoso.com", PostmasterAddress = "postmaster@contoso.com" }, new ReportTexts(), Trail,
            NullLogger<SenderReports>.Instance);
        var item = new MailItem(TrackingBench.Id, new MailEnvelope("a@x.test", [new("b@y.test")]), Content());

        await reports.ReportAsync(
            SenderReport.About(item, SenderReportKind.Failed, [RecipientOutcome.Failed(new("b@y.test"), DeliveryStatus.NoConnector)]), TestContext.Current.CancellationToken);

        Assert.Equal(["DSN", "SEND"], Events);
    }

    [Theory(DisplayName = "TR-2: only the events of messages that are coming in are kept back, and only until their first one")]
    [InlineData(true)]
    [InlineData(false)]
    public void Keeps_back_nothing_else(bool isReceived)
    {
        var other = new SubmissionId(TrackingBench.Now, 7);
        using (_bench.Log.Expect(TrackingBench.Id))
        {
            _bench.Log.Record(Sent(TrackingBench.Id));
            _bench.Log.Record(Sent(other) with { Kind = TrackingEventKind.Relay });
            _bench.Log.Record(Sent(other) with { Id = null, Kind = TrackingEventKind.BadMail });
            if (isReceived)
                _bench.Log.Record(TrackingBench.Receive());
            Assert.DoesNotContain("SEND", Events);
        }
        _bench.Log.Record(Sent(TrackingBench.Id) with { Kind = TrackingEventKind.Defer });

        Assert.Equal(isReceived ? ["RELAY", "BADMAIL", "RECEIVE", "SEND", "DEFER"] : ["RELAY", "BADMAIL", "SEND", "DEFER"], Events);
    }

    [Fact(DisplayName = "TR-2: a message that is handed over twice at once is kept back until both are through")]
    public void Counts_hand_overs()
    {
        var first = _bench.Log.Expect(TrackingBench.Id)!;
        var second = _bench.Log.Expect(TrackingBench.Id)!;
        _bench.Record(TrackingBench.Receive(), Sent(TrackingBench.Id));
        first.Dispose();
        Assert.Equal(["RECEIVE"], Events);

        second.Dispose();

        Assert.Equal(["RECEIVE", "SEND"], Events);
    }

    [Fact(DisplayName = "TR-2: what is kept back counts towards what memory has room for")]
    public void Is_bounded()
    {
        var large = Sent(TrackingBench.Id) with { Detail = new string('x', 1 << 20) };
        using (_bench.Log.Expect(TrackingBench.Id))
        {
            for (var i = 0; i < 10; i++)
                _bench.Log.Record(large);
        }

        Assert.Equal(7, _bench.Log.Dropped);
        Assert.Equal(1, _bench.Logged.Count(id => id == EventIds.TrackingLogDropping));
    }

    [Fact(DisplayName = "TR-2: a trail that throws when it is told of a message harms neither it nor the other trails")]
    public void Survives_a_bad_trail()
    {
        var trail = MessageTrails.Combine([new BadTrail(), _bench.Log]);
        using (trail.Expect(TrackingBench.Id))
            trail.Record(Sent(TrackingBench.Id));

        Assert.Equal(["SEND"], Events);
        Assert.Null(MessageTrails.Combine([new RecordingTrail()]).Expect(TrackingBench.Id));
    }

    private static MessageContent Content() => MessageContent.FromOctets(Encoding.ASCII.GetBytes(Message));

    private static TrackingEvent Sent(SubmissionId id) => TrackingBench.Receive() with { Id = id, Kind = TrackingEventKind.Send, Source = TrackingSource.Gateway };

    private sealed class BadTrail : IMessageTrail
    {
        public void Record(TrackingEvent happened) => throw new InvalidOperationException();

        public IDisposable? Expect(SubmissionId id) => throw new InvalidOperationException();
    }
}
