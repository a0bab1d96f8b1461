using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake.BackPressure;

/// <summary>BP-1: asking for free space costs nobody anything, also where a share hangs. Questions lie here until a test answers them.</summary>
public class SilentVolumeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly ScriptedVolumes _volumes = new();
    private readonly List<Action> _questions = [];
    private readonly BackPressureOptions _options = new() { MinimumFreeSpace = ByteSize.FromOctets(50), MinimumFreeFiles = 0, MaxQueueLength = null };

    private BackPressureMonitor Monitor => field ??= new(_options, () => [("Queue", "/queue"), ("Other", "/other")], () => 0, _volumes, _time, _logger, _questions.Add);

    private IEnumerable<int> Logged => _logger.Collector.GetSnapshot().Select(record => record.Id.Id);

    [Fact(DisplayName = "BP-1: the pace waits for no answer; what was never measured does not count")]
    public void Waits_for_nothing()
    {
        _volumes.Free["/queue"] = 0;

        Assert.Equal(IntakePace.Open, Monitor.Pace);
        Assert.True(Monitor.HasRoomFor(long.MaxValue));

        AnswerAll();
        Assert.Equal(IntakePace.Closed, Monitor.Pace);
    }

    [Fact(DisplayName = "BP-1: an answer counts as soon as it is there, before the next reading is due")]
    public void Takes_an_answer_at_once()
    {
        MeasureOnce();
        _volumes.Free["/queue"] = 0;
        NextSample();
        Assert.Equal(IntakePace.Open, Monitor.Pace);

        AnswerAll();

        Assert.Equal(IntakePace.Closed, Monitor.Pace);
    }

    [Theory(DisplayName = "BP-1: however often it is asked, a directory has one question under way")]
    [InlineData(1)]
    [InlineData(50)]
    public void Has_one_question(int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            _ = Monitor.Pace;
            _ = Monitor.HasRoomFor(1);
            NextSample();
        }

        Assert.Equal(2, _questions.Count);
    }

    [Fact(DisplayName = "BP-1: nothing is asked while the readings are fresh")]
    public void Asks_when_due()
    {
        MeasureOnce();
        _time.Advance(_options.SampleInterval / 2);
        _ = (Monitor.Pace, Monitor.Pace, Monitor.HasRoomFor(1));
        Assert.Empty(_questions);

        _time.Advance(_options.SampleInterval / 2);
        _ = (Monitor.Pace, Monitor.Pace, Monitor.HasRoomFor(1));
        Assert.Equal(2, _questions.Count);
    }

    [Theory(DisplayName = "BP-1: a volume that does not answer keeps its last reading and is told of once; the others are measured as before")]
    [InlineData(500, IntakePace.Open)]
    [InlineData(0, IntakePace.Closed)]
    public void Keeps_the_last_reading(long free, IntakePace pace)
    {
        _volumes.Free["/queue"] = free;
        MeasureOnce();
        NextSample();
        _ = Monitor.Pace;
        // The other volume goes on answering.
        for (var i = 0; i < 30; i++)
        {
            AnswerAll(but: 0);
            NextSample();
            Assert.Equal(pace, Monitor.Pace);
        }

        Assert.Equal(1, Logged.Count(id => id == EventIds.VolumeSilent));
        Assert.Equal(["Queue"], Monitor.Silent);
        Assert.Equal(free, Monitor.Readings.Single(reading => reading.Resource == "free space of Queue").Left);
        _volumes.Free["/other"] = 7;
        AnswerAll(but: 0);
        Assert.Equal(7, Monitor.Readings.Single(reading => reading.Resource == "free space of Other").Left);
    }

    [Fact(DisplayName = "BP-1: when the volume answers again that is told once, and its reading counts")]
    public void Tells_of_the_end()
    {
        MeasureOnce();
        NextSample();
        _ = Monitor.Pace;
        _time.Advance(TimeSpan.FromSeconds(31));
        _ = Monitor.Pace;
        _volumes.Free["/queue"] = 0;

        AnswerAll();
        NextSample();
        _ = Monitor.Pace;
        AnswerAll();

        Assert.Equal(IntakePace.Closed, Monitor.Pace);
        Assert.Empty(Monitor.Silent);
        Assert.Equal(2, Logged.Count(id => id == EventIds.VolumeAnswers));
    }

    [Fact(DisplayName = "BP-1: the first reading is waited for, but not longer than the patience for it")]
    public async Task Waits_for_the_first_reading()
    {
        var measured = Monitor.MeasureAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.False(measured.IsCompleted);
        AnswerAll();
        await measured;

        var silent = Monitor.MeasureAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));
        await silent;
    }

    [Theory(DisplayName = "SE-5: a message has room when it leaves the reserve of the queue's volume free")]
    [InlineData(500, 1000, 450, true)]
    [InlineData(500, 1000, 451, false)]
    [InlineData(50, 1000, 0, true)]
    [InlineData(49, 1000, 0, false)]
    [InlineData(40, 100, 35, true)]
    [InlineData(40, 100, 36, false)]
    [InlineData(500, 1000, 1L << 40, false)]
    [InlineData(500, 1000, long.MaxValue, false)]
    public void Knows_what_fits(long free, long total, long octets, bool fits)
    {
        _volumes.Free["/queue"] = free;
        _volumes.Total = total;
        _volumes.Free["/other"] = total;
        MeasureOnce();

        Assert.Equal(fits, Monitor.HasRoomFor(octets));
    }

    [Theory(DisplayName = "SE-5: without a reserve the whole free space is room; a volume that cannot be measured refuses nothing")]
    [InlineData(false, 500, true)]
    [InlineData(false, 501, false)]
    [InlineData(true, long.MaxValue, true)]
    public void Knows_what_fits_without_a_reserve(bool isUnknown, long octets, bool fits)
    {
        _options.MinimumFreeSpace = default;
        if (isUnknown)
            _volumes.Free.Clear();
        MeasureOnce();

        Assert.Equal(fits, Monitor.HasRoomFor(octets));
    }

    [Fact(DisplayName = "SE-5: a gate of an application's own has room for everything unless it says otherwise")]
    public void Has_room_by_default() => Assert.True(((IIntakeGate)new ScriptedGate()).HasRoomFor(long.MaxValue));

    private void MeasureOnce()
    {
        _ = Monitor.Pace;
        AnswerAll();
    }

    private void AnswerAll(int? but = null)
    {
        var kept = but is { } index ? _questions[index] : null;
        foreach (var question in _questions.Where(question => question != kept).ToArray())
            question();
        _questions.RemoveAll(question => question != kept);
    }

    private void NextSample() => _time.Advance(_options.SampleInterval);

    private sealed class ScriptedVolumes : InertPlatformFiles
    {
        public Dictionary<string, long> Free { get; } = new() { ["/queue"] = 500, ["/other"] = 500 };

        public long Total { get; set; } = 1000;

        public override VolumeSpace? SpaceAt(string directory) => Free.TryGetValue(directory, out var free) ? new VolumeSpace(free, Total, null, null) : null;
    }
}
