using ForeignConnector.Lib.Benchmarks.Report.Charts;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Which results make a chart, and how.</summary>
internal sealed record Plot
{
    /// <summary>The benchmark class; the chart stands above its table.</summary>
    public required Type Type { get; init; }

    /// <summary>The name of the SVG file, without its ending.</summary>
    public required string File { get; init; }

    public required string Title { get; init; }

    /// <summary>The parameter on the horizontal axis.</summary>
    public required string X { get; init; }

    public required Axis XAxis { get; init; }

    public required Func<CaseResult, double> Y { get; init; }

    public required Axis YAxis { get; init; }

    /// <summary>The line a result belongs to; null leaves it out.</summary>
    public required Func<CaseResult, string?> Line { get; init; }

    /// <summary>The chart, or null when nothing of it was run.</summary>
    public string? Draw(IEnumerable<CaseResult> cases)
    {
        Series[] lines =
        [
            .. cases
                .Where(c => c.Type == Type.Name && Line(c) is not null)
                .GroupBy(c => Line(c)!, (name, points) => new Series(name, [.. points.Select(p => (p.Number(X), Y(p))).OrderBy(p => p.Item1)])),
        ];
        return lines.Length == 0 ? null : new LineChart(Title, XAxis, YAxis, lines).Draw();
    }
}
