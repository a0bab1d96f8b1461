using System.Globalization;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Figures with three digits and a unit, whatever the culture.</summary>
internal static class Units
{
    private static readonly (double Factor, string Unit)[] Times = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")];

    private static readonly (double Factor, string Unit)[] Sizes = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"), (1, "B")];

    private static readonly (double Factor, string Unit)[] Counts = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")];

    public static string Time(double nanoseconds) => Scaled(nanoseconds, Times, " ");

    public static string Size(double octets) => Scaled(octets, Sizes, " ");

    public static string Count(double count) => Scaled(count, Counts, "");

    /// <summary>How a time compares with a baseline's.</summary>
    public static string Ratio(double time, double baseline) =>
        time <= baseline ? $"{Digits(baseline / time)}× faster" : $"{Digits(time / baseline)}× slower";

    /// <summary>Three significant digits, never in scientific notation.</summary>
    public static string Digits(double value)
    {
        if (value == 0)
            return "0";
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        return value.ToString(Math.Abs(value) >= 1000 ? "#,0" : $"0.{new string('#', decimals)}", CultureInfo.InvariantCulture);
    }

    private static string Scaled(double value, (double Factor, string Unit)[] units, string space)
    {
        var (factor, unit) = units.FirstOrDefault(u => Math.Abs(value) >= u.Factor, units[^1]);
        return unit.Length == 0 ? Digits(value / factor) : $"{Digits(value / factor)}{space}{unit}";
    }
}
