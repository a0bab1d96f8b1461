using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;

namespace ForeignConnector.Lib.Tests.Intake.BackPressure;

/// <summary>Back pressure: the gate falls at once and rises with a distance.</summary>
public class WatermarksTests
{
    private const long Megabyte = 1 << 20;

    private static readonly Watermarks Marks = new(Stop: 100, Slow: 200, Resume: 300);

    [Theory]
    [InlineData(300, IntakePace.Open, IntakePace.Open)]
    [InlineData(200, IntakePace.Open, IntakePace.Open)]
    [InlineData(199, IntakePace.Open, IntakePace.Slow)]
    [InlineData(99, IntakePace.Open, IntakePace.Closed)]
    [InlineData(0, IntakePace.Slow, IntakePace.Closed)]
    [InlineData(199, IntakePace.Closed, IntakePace.Closed)]
    [InlineData(200, IntakePace.Closed, IntakePace.Slow)]
    [InlineData(299, IntakePace.Slow, IntakePace.Slow)]
    [InlineData(300, IntakePace.Slow, IntakePace.Open)]
    [InlineData(300, IntakePace.Closed, IntakePace.Open)]
    public void The_pace_follows_what_is_left(long left, IntakePace before, IntakePace after) => Assert.Equal(after, Marks.Assess(left, before));

    [Fact]
    public void A_large_volume_stops_at_the_minimum()
    {
        var marks = Watermarks.ForVolume(500 * Megabyte, 10_000 * Megabyte);

        Assert.Equal(new Watermarks(500 * Megabyte, 700 * Megabyte, 900 * Megabyte), marks);
    }

    [Fact]
    public void A_very_large_volume_does_not_slow_down_gigabytes_ahead()
    {
        var marks = Watermarks.ForVolume(500 * Megabyte, 4_000_000 * Megabyte);

        Assert.Equal(new Watermarks(500 * Megabyte, 1000 * Megabyte, 1500 * Megabyte), marks);
    }

    [Fact]
    public void A_small_volume_stops_at_a_twentieth()
    {
        var marks = Watermarks.ForVolume(500 * Megabyte, 100 * Megabyte);

        Assert.Equal(new Watermarks(5 * Megabyte, 7 * Megabyte, 9 * Megabyte), marks);
    }

    [Fact]
    public void A_minimum_of_zero_never_stops() => Assert.Equal(IntakePace.Open, Watermarks.ForVolume(0, 100).Assess(0, IntakePace.Closed));

    [Theory]
    [InlineData(1000, 0, IntakePace.Closed)]
    [InlineData(1000, 1, IntakePace.Slow)]
    [InlineData(1000, 99, IntakePace.Slow)]
    [InlineData(1000, 100, IntakePace.Open)]
    [InlineData(1, 1, IntakePace.Slow)]
    [InlineData(1, 0, IntakePace.Closed)]
    public void Growth_stops_at_its_limit(long limit, long left, IntakePace pace) => Assert.Equal(pace, Watermarks.ForGrowth(limit).Assess(left, IntakePace.Open));
}
