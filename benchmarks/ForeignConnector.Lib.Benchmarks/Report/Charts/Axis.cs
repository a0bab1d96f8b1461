namespace ForeignConnector.Lib.Benchmarks.Report.Charts;

/// <summary>What a chart says about one of its axes.</summary>
/// <param name="Label">What is shown.</param>
/// <param name="Text">A value with its unit.</param>
internal sealed record Axis(string Label, Func<double, string> Text);
