using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>The results of one benchmark class as a Markdown table; where a set of parameters has a baseline, beside it.</summary>
internal static class ResultTable
{
    public static string Write(Type type, IReadOnlyList<CaseResult> cases)
    {
        string[] parameters = [.. cases.SelectMany(c => c.Parameters.Keys).Distinct()];
        var baseline = BaselineOf(type);
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", [.. parameters, "what", "mean", "deviation"]);
        text.Append(baseline is null ? " | allocated |\n" : " | beside the first | allocated |\n");
        text.Append('|').Insert(text.Length, "---|", parameters.Length + 1).Insert(text.Length, "--:|", baseline is null ? 3 : 4).Append('\n');
        foreach (var group in cases.GroupBy(c => string.Join('|', c.Parameters.Values)))
        {
            var first = group.FirstOrDefault(c => c.Method == baseline);
            foreach (var result in group.OrderByDescending(c => c == first))
                AppendRow(text, parameters, result, baseline is null ? null : first);
        }
        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string[] parameters, CaseResult result, CaseResult? baseline)
    {
        text.Append("| ").AppendJoin(" | ", parameters.Select(p => Value(result.Parameters.GetValueOrDefault(p, ""))));
        text.Append(parameters.Length > 0 ? " | " : "").Append(result.Title);
        text.Append(" | ").Append(Units.Time(result.Nanoseconds)).Append(" | ").Append(Units.Time(result.Deviation));
        if (baseline is not null)
            text.Append(" | ").Append(result == baseline ? "1" : Units.Ratio(result.Nanoseconds, baseline.Nanoseconds));
        text.Append(" | ").Append(result.Allocated is { } octets ? Units.Size(octets) : "").Append(" |\n");
    }

    private static string Value(string value) => double.TryParse(value, out var number) && number >= 1000 ? $"{number:#,0}" : value;

    private static string? BaselineOf(Type type) =>
        type.GetMethods().FirstOrDefault(m => m.GetCustomAttribute<BenchmarkAttribute>() is { Baseline: true })?.Name;
}
