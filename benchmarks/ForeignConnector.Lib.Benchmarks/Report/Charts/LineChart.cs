using System.Globalization;
using System.Net;
using System.Text;

namespace ForeignConnector.Lib.Benchmarks.Report.Charts;

/// <summary>Lines over two logarithmic axes as SVG, readable on a light and on a dark page and without colour.</summary>
internal sealed class LineChart(string title, Axis horizontal, Axis vertical, IReadOnlyList<Series> series)
{
    private const int Width = 940;
    private const int Height = 460;
    private const int Left = 90;
    private const int Top = 50;
    private const int PlotWidth = 520;
    private const int PlotHeight = 340;

    // Okabe and Ito's colours, which people with any colour vision can tell apart; dashes help in print.
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000"];

    private static readonly string[] Dashes = ["none", "8 4", "2 3", "10 3 2 3"];

    private readonly StringBuilder _svg = new();
    private readonly LogAxis _x = new(series.SelectMany(s => s.Points).Select(p => p.X));
    private readonly LogAxis _y = new(series.SelectMany(s => s.Points).Select(p => p.Y));

    public string Draw()
    {
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\">");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Text(Left, 28, title, "font-size=\"17\" font-weight=\"bold\"");
        DrawAxes();
        for (var i = 0; i < series.Count; i++)
            DrawSeries(series[i], i);
        Line($"</svg>");
        return _svg.ToString();
    }

    private void DrawAxes()
    {
        // What was measured is marked, not the round numbers between.
        foreach (var x in series.SelectMany(s => s.Points).Select(p => p.X).Distinct())
        {
            Line($"<line x1=\"{X(x):F1}\" y1=\"{Top}\" x2=\"{X(x):F1}\" y2=\"{Top + PlotHeight}\" stroke=\"#ddd\"/>");
            Text(X(x), Top + PlotHeight + 20, horizontal.Text(x), "text-anchor=\"middle\"");
        }
        foreach (var y in _y.Ticks())
        {
            Line($"<line x1=\"{Left}\" y1=\"{Y(y):F1}\" x2=\"{Left + PlotWidth}\" y2=\"{Y(y):F1}\" stroke=\"#ddd\"/>");
            Text(Left - 8, Y(y) + 4, vertical.Text(y), "text-anchor=\"end\"");
        }
        Line($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{PlotWidth}\" height=\"{PlotHeight}\" fill=\"none\" stroke=\"#555\"/>");
        Text(Left + (PlotWidth / 2), Top + PlotHeight + 46, horizontal.Label, "text-anchor=\"middle\"");
        var middle = Top + (PlotHeight / 2);
        Text(22, middle, vertical.Label, $"text-anchor=\"middle\" transform=\"rotate(-90 22 {middle})\"");
    }

    private void DrawSeries(Series line, int index)
    {
        var (colour, dash) = (Colours[index % Colours.Length], Dashes[index % Dashes.Length]);
        var points = string.Join(' ', line.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
        var stroke = $"fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"";
        Line($"<polyline points=\"{points}\" {stroke}/>");
        foreach (var (x, y) in line.Points)
            Line($"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"3.5\" fill=\"{colour}\"/>");
        const int legend = Left + PlotWidth + 20;
        var row = Top + 10 + (index * 24);
        Line($"<line x1=\"{legend}\" y1=\"{row}\" x2=\"{legend + 34}\" y2=\"{row}\" {stroke}/>");
        Line($"<circle cx=\"{legend + 17}\" cy=\"{row}\" r=\"3.5\" fill=\"{colour}\"/>");
        Text(legend + 42, row + 4, line.Name, "");
    }

    private double X(double value) => Left + (_x.Position(value) * PlotWidth);

    private double Y(double value) => Top + ((1 - _y.Position(value)) * PlotHeight);

    private void Text(double x, double y, string text, string attributes) =>
        Line($"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{WebUtility.HtmlEncode(text)}</text>");

    private void Line(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
