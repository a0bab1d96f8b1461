using System.Diagnostics.Metrics;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: what the trail tells, counted.</summary>
public sealed class TransportMetricsTests : IDisposable
{
    private static readonly EnvelopeRecipient Mary = new("mary@contoso.com");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TransportMetrics _metrics;

    public TransportMetricsTests() => _metrics = new TransportMetrics(Meters);

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    [Fact(DisplayName = "TR-1: an accepted message counts with its source, its size and its time")]
    public void Counts_accepted_messages()
    {
        var (messages, sizes, times) = (Collect<long>("foreignconnector.intake.messages"), Collect<long>("foreignconnector.message.size"), Collect<double>("foreignconnector.intake.duration"));
        var happened = TrackingBench.Receive() with { Duration = TimeSpan.FromMilliseconds(250) };

        _metrics.Record(happened);

        Assert.Equal((1, "pickup", "accepted"), Only(messages, Telemetry.Source, Telemetry.Outcome));
        Assert.Equal((happened.Content!.Length, "pickup", null), Only(sizes, Telemetry.Source, Telemetry.Outcome));
        Assert.Equal((0.25, "pickup", "accepted"), Only(times, Telemetry.Source, Telemetry.Outcome));
    }

    [Theory(DisplayName = "TR-1: a file that is not accepted counts by what became of it")]
    [InlineData(TrackingEventKind.BadMail, "badmail")]
    [InlineData(TrackingEventKind.Fail, "refused")]
    public void Counts_what_was_not_accepted(TrackingEventKind kind, string outcome)
    {
        var messages = Collect<long>("foreignconnector.intake.messages");

        _metrics.Record(new TrackingEvent { Kind = kind, Source = TrackingSource.Replay });

        Assert.Equal((1, "replay", outcome), Only(messages, Telemetry.Source, Telemetry.Outcome));
    }

    [Fact(DisplayName = "TR-1: poison counts by where it was found")]
    public void Counts_poison()
    {
        var poison = Collect<long>("foreignconnector.poison.messages");

        _metrics.Record(new TrackingEvent { Kind = TrackingEventKind.PoisonMessage, Source = TrackingSource.Routing });

        Assert.Equal((1, "routing", null), Only(poison, Telemetry.Source, Telemetry.Outcome));
    }

    [Theory(DisplayName = "TR-1: recipients count by connector and outcome; octets when they reach the other side")]
    [InlineData(TrackingEventKind.Send, "delivered", 1)]
    [InlineData(TrackingEventKind.Relay, "relayed", 1)]
    [InlineData(TrackingEventKind.Defer, "deferred", 0)]
    [InlineData(TrackingEventKind.Fail, "failed", 0)]
    public void Counts_recipients(TrackingEventKind kind, string outcome, int timesOctets)
    {
        var (recipients, octets, times) = (Collect<long>("foreignconnector.recipients"), Collect<long>("foreignconnector.delivery.octets"), Collect<double>("foreignconnector.delivery.duration"));
        var happened = TrackingBench.Receive() with
        {
            Kind = kind,
            Source = TrackingSource.Gateway,
            Connector = "Contoso Fax",
            Outcomes = [RecipientOutcome.Delivered(Mary), RecipientOutcome.Delivered(Mary)],
            Duration = TimeSpan.FromSeconds(2),
        };

        _metrics.Record(happened);

        Assert.Equal((2, "Contoso Fax", outcome), Only(recipients, Telemetry.Connector, Telemetry.Outcome));
        Assert.Equal((2.0, "Contoso Fax", outcome), Only(times, Telemetry.Connector, Telemetry.Outcome));
        Assert.Equal(timesOctets * happened.Content!.Length, octets.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
    }

    [Fact(DisplayName = "TR-1: recipients that were refused before they had a connector count without one")]
    public void Counts_refused_recipients()
    {
        var (recipients, times) = (Collect<long>("foreignconnector.recipients"), Collect<double>("foreignconnector.delivery.duration"));

        _metrics.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = TrackingSource.Routing,
            Outcomes = [RecipientOutcome.Failed(Mary, EnhancedStatusCode.BadDestinationSystem, "No.")],
            Duration = TimeSpan.FromSeconds(1),
        });

        Assert.Equal((1, null, "failed"), Only(recipients, Telemetry.Connector, Telemetry.Outcome));
        Assert.Empty(times.GetMeasurementSnapshot());
    }

    [Theory(DisplayName = "TR-1: a message that is refused as a whole counts as refused, also when its recipients are known; one that is refused in part does not")]
    [InlineData(TrackingSource.Pickup, false, 1)]
    [InlineData(TrackingSource.Routing, false, 1)]
    [InlineData(TrackingSource.Replay, false, 1)]
    [InlineData(TrackingSource.Gateway, false, 1)]
    [InlineData(TrackingSource.Routing, true, 0)]
    [InlineData(TrackingSource.Pickup, true, 0)]
    [InlineData(TrackingSource.Replay, true, 0)]
    public void Counts_refused_messages(TrackingSource source, bool isPartial, int refused)
    {
        var messages = Collect<long>("foreignconnector.intake.messages");

        _metrics.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.Fail,
            Source = source,
            IsPartial = isPartial,
            Outcomes = [RecipientOutcome.Failed(Mary, EnhancedStatusCode.BadDestinationSystem, "No.")],
        });

        Assert.Equal(refused, messages.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
    }

    [Theory(DisplayName = "TR-1: what fails in the queue, or is removed from it, was not refused")]
    [InlineData(TrackingSource.Queue, TrackingEventKind.Fail)]
    [InlineData(TrackingSource.Admin, TrackingEventKind.Fail)]
    [InlineData(TrackingSource.Routing, TrackingEventKind.Resubmit)]
    public void Does_not_count_the_queue_as_refused(TrackingSource source, TrackingEventKind kind)
    {
        var messages = Collect<long>("foreignconnector.intake.messages");

        _metrics.Record(new TrackingEvent { Kind = kind, Source = source, Connector = "" });

        Assert.Empty(messages.GetMeasurementSnapshot());
    }

    [Fact(DisplayName = "TR-1: reports count by what they say")]
    public void Counts_reports()
    {
        var reports = Collect<long>("foreignconnector.reports");

        _metrics.Record(new TrackingEvent { Kind = TrackingEventKind.Dsn, Source = TrackingSource.Dsn, Detail = "Delayed" });

        Assert.Equal((1, "delayed", null), Only(reports, Telemetry.Report, Telemetry.Outcome));
    }

    [Fact(DisplayName = "TR-1: the depth and age of the queue are read when somebody asks, per connector")]
    public void Observes_the_queue()
    {
        var time = new FakeTimeProvider(TrackingBench.Now);
        _metrics.ObserveQueue(() => [new QueueLevel("Fax", 3, TrackingBench.Now), new QueueLevel("", 1, TrackingBench.Now)], time);
        var (depth, age) = (Collect<int>("foreignconnector.queue.messages"), Collect<double>("foreignconnector.queue.oldest.age"));
        time.Advance(TimeSpan.FromMinutes(2));

        depth.RecordObservableInstruments();
        age.RecordObservableInstruments();

        Assert.Equal([("Fax", 3), ("(unreachable)", 1)], depth.GetMeasurementSnapshot().Select(m => ((string)m.Tags[Telemetry.Connector]!, m.Value)));
        Assert.All(age.GetMeasurementSnapshot(), measurement => Assert.Equal(120, measurement.Value));
    }

    [Fact(DisplayName = "TR-1: without a meter factory there is a meter all the same")]
    public void Works_without_a_factory()
    {
        using var alone = new TransportMetrics();
        var seen = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, to) => Enable(instrument, to) };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen += tags.Contains(new(Telemetry.Report, "alone")) ? value : 0);
        listener.Start();

        alone.Record(new TrackingEvent { Kind = TrackingEventKind.Dsn, Source = TrackingSource.Dsn, Detail = "Alone" });

        Assert.Equal(1, seen);

        static void Enable(Instrument instrument, MeterListener listener)
        {
            if (instrument.Meter.Name == Telemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        }
    }

    private MetricCollector<T> Collect<T>(string instrument)
        where T : struct =>
        new(Meters, Telemetry.Name, instrument);

    private static (T Value, object? First, object? Second) Only<T>(MetricCollector<T> collector, string first, string second)
        where T : struct
    {
        var measurement = Assert.Single(collector.GetMeasurementSnapshot());
        return (measurement.Value, measurement.Tags.GetValueOrDefault(first), measurement.Tags.GetValueOrDefault(second));
    }
}
