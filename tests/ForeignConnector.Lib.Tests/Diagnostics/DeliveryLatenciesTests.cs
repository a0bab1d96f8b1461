using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>DA-13: how long recipients of delivery agents waited.</summary>
public class DeliveryLatenciesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeliveryLatencies _latencies;

    public DeliveryLatenciesTests() => _latencies = new DeliveryLatencies(_time);

    [Theory(DisplayName = "DA-13: the 99th percentile is that of recipients, within 20 %")]
    [InlineData(100, 1, 0, 0, 1)]
    [InlineData(99, 1, 1, 100, 1)]
    [InlineData(98, 1, 2, 100, 100)]
    [InlineData(1, 3600, 0, 0, 3600)]
    [InlineData(1, 0.001, 0, 0, 0.01)]
    public void Finds_the_percentile(int many, double fast, int few, double slow, double expected)
    {
        for (var i = 0; i < many; i++)
            Record(fast);
        for (var i = 0; i < few; i++)
            Record(slow);

        Assert.InRange(Assert.Single(_latencies.Percentile99).Value.TotalSeconds, expected, expected * 1.2);
    }

    [Fact(DisplayName = "DA-13: after 30 minutes an outcome does not count any more")]
    public void Forgets()
    {
        Record(500);
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.NotEmpty(_latencies.Percentile99);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(_latencies.Percentile99);
        Record(1);
        Assert.InRange(_latencies.Percentile99["box"].TotalSeconds, 1, 1.2);
    }

    [Theory(DisplayName = "DA-13: deferrals, Drop directories and what never had a connector do not count")]
    [InlineData(TrackingEventKind.Defer, TrackingSource.Agent)]
    [InlineData(TrackingEventKind.Send, TrackingSource.Gateway)]
    [InlineData(TrackingEventKind.Receive, TrackingSource.Smtp)]
    public void Counts_no_others(TrackingEventKind kind, TrackingSource source)
    {
        Record(500, kind, source);

        Assert.Empty(_latencies.Percentile99);
    }

    private void Record(double seconds, TrackingEventKind kind = TrackingEventKind.Send, TrackingSource source = TrackingSource.Agent) => _latencies.Record(new()
    {
        Kind = kind,
        Source = source,
        Connector = "box",
        Outcomes = [RecipientOutcome.Delivered(new EnvelopeRecipient("a@x.test"))],
        Age = TimeSpan.FromSeconds(seconds),
    });
}
