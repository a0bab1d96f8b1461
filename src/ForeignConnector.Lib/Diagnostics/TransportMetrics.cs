using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// Counts what the trail tells (TR-1), as instruments of a meter named <see cref="Telemetry.Name"/>. The README lists them.
/// </summary>
public sealed class TransportMetrics : IMessageTrail, IConnectionTrail, IDisposable
{
    private readonly Meter _meter;
    private readonly bool _isOwner;
    private readonly Counter<long> _intake;
    private readonly Counter<long> _poison;
    private readonly Counter<long> _recipients;
    private readonly Counter<long> _octets;
    private readonly Counter<long> _reports;
    private readonly Histogram<long> _size;
    private readonly Histogram<double> _intakeDuration;
    private readonly Histogram<double> _deliveryDuration;
    private readonly Histogram<double> _deliveryLatency;
    private readonly Histogram<double> _connectionDuration;
    private readonly Counter<long> _connections;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter, and disposes it; null makes one of our own.</param>
    public TransportMetrics(IMeterFactory? meters = null)
    {
        _isOwner = meters is null;
        _meter = meters?.Create(Telemetry.Name, ProductInfo.Version) ?? new Meter(Telemetry.Name, ProductInfo.Version);
        _intake = _meter.CreateCounter<long>(
            "foreignconnector.intake.messages", "{message}", "Messages that came in, by what became of them");
        _poison = _meter.CreateCounter<long>(
            "foreignconnector.poison.messages", "{message}", "Messages set aside because the process died while it worked on them");
        _recipients = _meter.CreateCounter<long>(
            "foreignconnector.recipients", "{recipient}", "Recipients settled or deferred; each attempt counts");
        _octets = _meter.CreateCounter<long>("foreignconnector.delivery.octets", "By", "Octets of messages that were delivered or relayed");
        _reports = _meter.CreateCounter<long>("foreignconnector.reports", "{report}", "Reports to senders");
        _size = _meter.CreateHistogram(
            "foreignconnector.message.size", "By", "Sizes of accepted messages", advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20],
            });
        _intakeDuration = _meter.CreateHistogram(
            "foreignconnector.intake.duration", "s", "From the claim or the call until the message was durable", advice: Seconds);
        _deliveryDuration = _meter.CreateHistogram(
            "foreignconnector.delivery.duration", "s", "One attempt of a connector", advice: Seconds);
        _deliveryLatency = _meter.CreateHistogram(
            "foreignconnector.delivery.latency", "s", "From the acceptance of a message until a recipient's outcome", advice: Long);
        _connections = _meter.CreateCounter<long>(
            "foreignconnector.connections", "{connection}", "Connections of delivery agents, by what became of opening them");
        _connectionDuration = _meter.CreateHistogram(
            "foreignconnector.connection.duration", "s", "From the opening of a connection until it was closed", advice: Long);
    }

    private static InstrumentAdvice<double> Seconds { get; } =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private static InstrumentAdvice<double> Long { get; } =
        new() { HistogramBucketBoundaries = [0.01, 0.1, 1, 5, 15, 30, 60, 90, 300, 900, 3600, 14_400, 86_400] };

    /// <summary>Adds what a queue holds, read whenever somebody asks.</summary>
    /// <param name="queues">Connector, entries and when the oldest one was accepted, for each connector that has entries.</param>
    /// <param name="time">The clock.</param>
    public void ObserveQueue(Func<IEnumerable<QueueLevel>> queues, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _meter.CreateObservableUpDownCounter(
            "foreignconnector.queue.messages", () =>
                queues().Select(queue => new Measurement<int>(queue.Messages, ByConnector(queue.Connector))), "{message}", "Queue entries");
        _meter.CreateObservableGauge(
            "foreignconnector.queue.oldest.age",
            () => queues().Select(
                queue => new Measurement<double>((time.GetUtcNow() - queue.OldestAcceptedAt).TotalSeconds, ByConnector(queue.Connector))),
            "s", "Age of the oldest queue entry");
    }

    /// <summary>Adds the files that were set aside, as they were found the last time somebody looked.</summary>
    /// <param name="levels">What each directory holds of each kind.</param>
    public void ObserveSetAside(Func<IEnumerable<SetAsideLevel>> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        _meter.CreateObservableUpDownCounter(
            "foreignconnector.set_aside.files", () => levels()
                .Select(level => new Measurement<long>(level.Files, ByPlace(level))), "{file}", "Files set aside as badmail or poison");
        _meter.CreateObservableGauge(
            "foreignconnector.set_aside.oldest.age", () =>
                levels().Select(level => new Measurement<double>(level.OldestAge.TotalSeconds, ByPlace(level))),
            "s", "Time since the oldest of them was set aside");
    }

    /// <summary>Adds the attempts that connectors did not end in their DeliveryTimeout (RY-2), read whenever somebody asks.</summary>
    /// <param name="attempts">Their number, for each connector that has any.</param>
    public void ObserveOverdueAttempts(Func<IReadOnlyDictionary<string, int>> attempts)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        _meter.CreateObservableUpDownCounter(
            "foreignconnector.delivery.overdue", () =>
                attempts().Select(overdue => new Measurement<int>(overdue.Value, ByConnector(overdue.Key))), "{attempt}",
            "Attempts that did not end in their time and ignore their cancellation");
    }

    /// <summary>Adds the connections of delivery agents that are open (DA-13), read whenever somebody asks.</summary>
    /// <param name="connections">Their number, for each connector of a delivery agent.</param>
    public void ObserveConnections(Func<IEnumerable<KeyValuePair<string, int>>> connections)
    {
        ArgumentNullException.ThrowIfNull(connections);
        _meter.CreateObservableUpDownCounter(
            "foreignconnector.connection.open",
            () => connections().Select(open => new Measurement<int>(open.Value, ByConnector(open.Key))), "{connection}",
            "Connections of delivery agents that are open");
    }

    /// <summary>Adds the events that the tracking log had to drop.</summary>
    public void ObserveTrackingLog(MessageTrackingLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        _meter.CreateObservableCounter(
            "foreignconnector.tracking_log.dropped", () => log.Dropped, "{event}", "Events that the message tracking log had no room for");
    }

    /// <inheritdoc/>
    public void Record(TrackingEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        switch (happened.Kind)
        {
            case TrackingEventKind.Receive:
                CountIntake(happened, "accepted");
                _size.Record(happened.Content?.Length ?? 0, BySource(happened.Source));
                break;
            case TrackingEventKind.BadMail:
                CountIntake(happened, "badmail");
                break;
            case TrackingEventKind.PoisonMessage:
                _poison.Add(1, BySource(happened.Source));
                break;
            case TrackingEventKind.Dsn:
                _reports.Add(1, KeyValuePair.Create(Telemetry.Report, (object?)happened.Detail?.ToLowerInvariant()));
                break;
            case TrackingEventKind.Resubmit:
                break;
            default:
                // A message that was refused where it came in never had a connector.
                if (happened is { Kind: TrackingEventKind.Fail, Connector: null, IsPartial: false })
                    CountIntake(happened, "refused");
                if (!happened.Outcomes.IsDefaultOrEmpty)
                    CountRecipients(happened);
                break;
        }
    }

    /// <inheritdoc/>
    public void Record(ConnectionEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (happened.Kind == ConnectionEventKind.Closed)
            _connectionDuration.Record(happened.Duration.TotalSeconds, ByConnector(happened.Connector));
        else
            _connections.Add(1, ByConnector(happened.Connector), KeyValuePair.Create(
                Telemetry.Outcome, (object?)(happened.Kind == ConnectionEventKind.Opened ? "opened" : "refused")));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOwner)
            _meter.Dispose();
    }

    private void CountIntake(TrackingEvent e, string outcome)
    {
        var tags = new TagList { { Telemetry.Source, Telemetry.NameOf(e.Source) }, { Telemetry.Outcome, outcome } };
        _intake.Add(1, tags);
        if (e.Duration is { } duration)
            _intakeDuration.Record(duration.TotalSeconds, tags);
    }

    private void CountRecipients(TrackingEvent e)
    {
        var outcome = e.Kind switch
        {
            TrackingEventKind.Send => "delivered",
            TrackingEventKind.Relay => "relayed",
            TrackingEventKind.Defer => "deferred",
            _ => "failed",
        };
        var tags = new TagList { { Telemetry.Outcome, outcome } };
        if (e.Connector is { } connector)
            tags.Add(Telemetry.Connector, Telemetry.NameOf(connector));
        _recipients.Add(e.Outcomes.Length, tags);
        if (e.Kind is TrackingEventKind.Send or TrackingEventKind.Relay)
            _octets.Add(e.Content?.Length ?? 0, ByConnector(e.Connector ?? ""));
        if (e is { Duration: { } duration, Connector: not null })
            _deliveryDuration.Record(duration.TotalSeconds, tags);
        if (e is { Age: { } age, Connector: not null, Kind: not TrackingEventKind.Defer })
            _deliveryLatency.Record(age.TotalSeconds, tags);
    }

    private static KeyValuePair<string, object?>[] ByPlace(SetAsideLevel level) =>
        [new(Telemetry.Place, level.Place), new(Telemetry.Kind, level.IsPoison ? "poison" : "badmail")];

    private static KeyValuePair<string, object?> BySource(TrackingSource source) => new(Telemetry.Source, Telemetry.NameOf(source));

    private static KeyValuePair<string, object?> ByConnector(string connector) => new(Telemetry.Connector, Telemetry.NameOf(connector));
}

/// <summary>What a queue holds for one connector.</summary>
/// <param name="Connector">Its name; empty for entries without a connector.</param>
/// <param name="Messages">Entries.</param>
/// <param name="OldestAcceptedAt">When the oldest of them was accepted.</param>
public readonly record struct QueueLevel(string Connector, int Messages, DateTimeOffset OldestAcceptedAt);

/// <summary>What one place holds of files that were set aside (BM-1, ND-4).</summary>
/// <param name="Place"><c>pickup</c>, <c>replay</c> or <c>queue</c>.</param>
/// <param name="IsPoison">True for <c>.poison</c> files, false for <c>.bad</c> ones.</param>
/// <param name="Files">How many there are.</param>
/// <param name="OldestAge">How long ago the oldest of them was set aside; zero when there is none.</param>
public readonly record struct SetAsideLevel(string Place, bool IsPoison, int Files, TimeSpan OldestAge);
