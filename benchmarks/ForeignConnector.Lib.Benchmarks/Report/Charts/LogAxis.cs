namespace ForeignConnector.Lib.Benchmarks.Report.Charts;

/// <summary>A logarithmic axis over whole decades, or a part of the outermost ones where they would be mostly empty.</summary>
internal sealed class LogAxis
{
    private static readonly int[] Steps = [1, 2, 5];

    private readonly double _low;
    private readonly double _high;

    /// <summary>Covers all values; each must be positive.</summary>
    public LogAxis(IEnumerable<double> values)
    {
        var all = values.ToArray();
        _low = Marks(all.Min() / 10, all.Min() * 1.0001).Last();
        _high = Marks(all.Max() * 0.9999, all.Max() * 10).First();
        if (_low == _high)
            _high = _low * 10;
    }

    /// <summary>Where a value stands: 0 at the low end, 1 at the high end.</summary>
    public double Position(double value) => Math.Log(value / _low) / Math.Log(_high / _low);

    /// <summary>The values to label: 1, 2 and 5 of each decade where few fit, else the decades.</summary>
    public IReadOnlyList<double> Ticks()
    {
        var marks = Marks(_low * 0.9999, _high * 1.0001).ToArray();
        return marks.Length <= 8 ? marks : [.. marks.Where(m => Math.Abs(Math.Log10(m) - Math.Round(Math.Log10(m))) < 1e-9)];
    }

    private static IEnumerable<double> Marks(double from, double to)
    {
        for (var decade = (int)Math.Floor(Math.Log10(from)); decade <= Math.Ceiling(Math.Log10(to)); decade++)
        {
            foreach (var step in Steps)
            {
                var mark = step * Math.Pow(10, decade);
                if (mark >= from && mark <= to)
                    yield return mark;
            }
        }
    }
}
