using System.Diagnostics;

namespace ForeignConnector.Lib.Tests;

/// <summary>How the cost of some work grows with its size, on a machine that is busy with other things.</summary>
internal static class Growth
{
    private const int Factor = 32;

    /// <summary>
    /// Fails when the cost grows like the square of the size. Work of 32 times the size is compared with 32 times the work, which takes as long when the cost is linear,
    /// and is disturbed as much; with the square it takes up to 32 times as long. The least disturbed of some runs counts.
    /// </summary>
    /// <param name="size">The size of the small work.</param>
    /// <param name="prepare">Makes the work of a size.</param>
    public static void AssertLinear(int size, Func<int, Action> prepare)
    {
        var (small, large) = (prepare(size), prepare(size * Factor));
        var (many, one) = (double.MaxValue, double.MaxValue);
        for (var run = 0; run < 8 && !(run > 0 && one < many * 3); run++)
        {
            many = Math.Min(many, Milliseconds(() =>
            {
                for (var i = 0; i < Factor; i++)
                    small();
            }));
            one = Math.Min(one, Milliseconds(large));
        }
        Assert.InRange(one / many, 0, 6);
    }

    private static double Milliseconds(Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
