using System.Text;

namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>The aims beside what was measured.</summary>
internal static class AimTable
{
    public static string Write(IReadOnlyList<CaseResult> cases)
    {
        var results = new Results(cases);
        var text = new StringBuilder("| what | aim | measured | holds |\n|---|---|--:|---|\n");
        foreach (var aim in Aims.All)
        {
            if (aim.Value(results) is { } value)
                text.Append(null, $"| {aim.What} | {aim.Goal} | {aim.Text(value)} | {(aim.Holds(value) ? "yes" : "**no**")} |\n");
        }
        return text.ToString();
    }
}
