using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake.BackPressure;

public class BackPressureMonitorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly Volumes _volumes = new();
    private readonly BackPressureOptions _options = new() { MinimumFreeSpace = Lib.Mail.ByteSize.FromOctets(50), MinimumFreeFiles = 10, MaxQueueLength = 100 };
    private int _queued;

    [Fact]
    public void Stops_when_the_volume_of_a_drop_directory_is_nearly_full_and_resumes_by_itself()
    {
        var monitor = Monitor();
        Assert.Equal(IntakePace.Open, monitor.Pace);

        _volumes.Space["/drop"] = new VolumeSpace(49, 1000, 500, 1000);
        Assert.Equal(IntakePace.Open, monitor.Pace);
        NextSample();
        Assert.Equal(IntakePace.Closed, monitor.Pace);

        _volumes.Space["/drop"] = new VolumeSpace(500, 1000, 500, 1000);
        NextSample();
        Assert.Equal(IntakePace.Open, monitor.Pace);
        Assert.Equal(
            [EventIds.BackPressure, EventIds.BackPressureEnded],
            _logger.Collector.GetSnapshot().Select(record => record.Id.Id));
        Assert.Contains("free space of Drop: 49 left", _logger.Collector.GetSnapshot()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_when_no_more_files_can_be_created()
    {
        _volumes.Space["/queue"] = new VolumeSpace(500, 1000, 9, 1000);

        Assert.Equal(IntakePace.Closed, Monitor().Pace);
    }

    [Fact]
    public void Slows_down_as_the_queue_grows_and_stops_at_its_limit()
    {
        var monitor = Monitor();
        var paces = new List<IntakePace>();
        foreach (var queued in (int[])[89, 91, 100, 91, 79])
        {
            _queued = queued;
            paces.Add(monitor.Pace);
            NextSample();
        }

        Assert.Equal([IntakePace.Open, IntakePace.Slow, IntakePace.Closed, IntakePace.Closed, IntakePace.Open], paces);
    }

    [Fact]
    public void A_queue_that_is_full_stops_intake_at_once_and_not_at_the_next_reading()
    {
        var monitor = Monitor();
        Assert.Equal(IntakePace.Open, monitor.Pace);

        _queued = 100;
        Assert.Equal(IntakePace.Closed, monitor.Pace);
        _queued = 50;
        Assert.Equal(IntakePace.Open, monitor.Pace);
    }

    [Fact]
    public void What_cannot_be_measured_does_not_count()
    {
        _volumes.Space.Clear();
        _options.MaxQueueLength = null;

        Assert.Equal(IntakePace.Open, Monitor().Pace);
        Assert.Empty(Monitor().Readings);
    }

    [Fact]
    public void Readings_say_what_is_left_of_each_resource()
    {
        Assert.Equal(
            ["free space of Queue: 500", "free files of Queue: 500", "free space of Drop: 500", "free files of Drop: 500", "queue length: 100"],
            Monitor().Readings.Select(reading => FormattableString.Invariant($"{reading.Resource}: {reading.Left}")));
    }

    private BackPressureMonitor Monitor() => new(_options, () => [("Queue", "/queue"), ("Drop", "/drop")], () => _queued, _volumes, _time, _logger, question => question());

    private void NextSample() => _time.Advance(_options.SampleInterval);

    /// <summary>Volumes as a test wants them; nothing else is asked for.</summary>
    private sealed class Volumes : InertPlatformFiles
    {
        public Dictionary<string, VolumeSpace> Space { get; } = new()
        {
            ["/queue"] = new VolumeSpace(500, 1000, 500, 1000),
            ["/drop"] = new VolumeSpace(500, 1000, 500, 1000),
        };

        public override VolumeSpace? SpaceAt(string directory) => Space.TryGetValue(directory, out var space) ? space : null;
    }
}
