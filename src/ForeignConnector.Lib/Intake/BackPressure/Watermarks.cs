namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>
/// The marks of one resource, as what is left of it. The pace falls as soon as a mark is passed and rises only when the next mark is
/// reached again, so that a value that moves around a mark does not open and close the gate all the time.
/// </summary>
/// <param name="Stop">Less left closes the gate.</param>
/// <param name="Slow">Less left slows intake; a closed gate opens from here on.</param>
/// <param name="Resume">From here on a slow gate is open again.</param>
internal readonly record struct Watermarks(long Stop, long Slow, long Resume)
{
    private const int SmallVolumePercent = 5;

    /// <summary>For something a volume has in all: stop below the minimum, slow 2 % and resume 4 % of the whole above it.</summary>
    public static Watermarks ForVolume(long minimum, long total)
    {
        if (minimum <= 0)
            return default;
        var stop = Math.Min(minimum, total / 100 * SmallVolumePercent);
        // A percentage of a very large volume is more than anybody needs.
        var step = Math.Min(total / 100 * 2, minimum);
        return new(stop, stop + step, stop + (2 * step));
    }

    /// <summary>For something that may grow up to a limit: slow from 90 %, resume below 80 %.</summary>
    public static Watermarks ForGrowth(long limit) => new(1, Math.Max(2, limit / 10), Math.Max(3, limit / 10 * 2));

    /// <summary>The pace that goes with what is left.</summary>
    public IntakePace Assess(long left, IntakePace before)
    {
        if (left < Stop || (left < Slow && before == IntakePace.Closed))
            return IntakePace.Closed;
        return left < Slow || (left < Resume && before != IntakePace.Open) ? IntakePace.Slow : IntakePace.Open;
    }
}
