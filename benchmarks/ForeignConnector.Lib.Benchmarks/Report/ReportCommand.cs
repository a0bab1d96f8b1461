using System.ComponentModel;
using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;
using ForeignConnector.Lib.Benchmarks.Running;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Writes results between the two marks in the text of <c>benchmarks/README.md</c>, and the charts beside it.</summary>
internal static class ReportCommand
{
    private const string BeginMark = "<!-- results begin -->";
    private const string EndMark = "<!-- results end -->";

    /// <summary>The report of the last run.</summary>
    public static int Execute() => Execute(Places.Results, Places.Benchmarks);

    /// <summary>A report of other results, or to another place.</summary>
    public static int Execute(string resultFolder, string targetFolder)
    {
        var results = new ResultFiles(resultFolder);
        var cases = results.Cases();
        if (cases.Count == 0)
        {
            Console.Error.WriteLine("there are no results; run the benchmarks first");
            return 1;
        }
        var readme = Path.Combine(targetFolder, "README.md");
        File.WriteAllText(readme, Replace(File.ReadAllText(Path.Combine(Places.Benchmarks, "README.md")), Write(results, cases, targetFolder)));
        Console.WriteLine($"// The report is in {Path.GetRelativePath(Places.Repository, readme)}");
        return 0;
    }

    private static string Write(ResultFiles results, IReadOnlyList<CaseResult> cases, string targetFolder)
    {
        var text = new StringBuilder();
        text.Append(null, $"Measured on {results.Day():yyyy-MM-dd} in one run on {Machine.Describe(results)}\n\n{AimTable.Write(cases)}");
        foreach (var type in BenchmarkTypes())
        {
            CaseResult[] own = [.. cases.Where(c => c.Type == type.Name)];
            if (own.Length == 0)
                continue;
            text.Append(null, $"\n### {type.GetCustomAttribute<DescriptionAttribute>()?.Description ?? type.Name}\n\n");
            foreach (var plot in Plots.All.Where(p => p.Type == type))
                AppendPlot(text, plot, own, targetFolder);
            text.Append(ResultTable.Write(type, own));
        }
        return text.ToString();
    }

    private static IEnumerable<Type> BenchmarkTypes() => typeof(ReportCommand).Assembly.GetTypes()
        .Where(t => t.GetMethods().Any(m => m.IsDefined(typeof(BenchmarkAttribute))))
        .OrderBy(t => t.FullName, StringComparer.Ordinal);

    private static void AppendPlot(StringBuilder text, Plot plot, CaseResult[] cases, string targetFolder)
    {
        if (plot.Draw(cases) is not { } svg)
            return;
        var folder = Directory.CreateDirectory(Path.Combine(targetFolder, "plots")).FullName;
        File.WriteAllText(Path.Combine(folder, $"{plot.File}.svg"), svg);
        text.Append(null, $"![{plot.Title}](plots/{plot.File}.svg)\n\n");
    }

    private static string Replace(string readme, string results)
    {
        var begin = readme.IndexOf(BeginMark, StringComparison.Ordinal) + BeginMark.Length;
        var end = readme.IndexOf(EndMark, StringComparison.Ordinal);
        return $"{readme[..begin]}\n{results}{readme[end..]}";
    }
}
