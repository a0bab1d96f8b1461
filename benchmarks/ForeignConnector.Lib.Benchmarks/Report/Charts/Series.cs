namespace ForeignConnector.Lib.Benchmarks.Report.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);
