using BenchmarkDotNet.Reports;

namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>What a run says to its caller.</summary>
internal static class RunExit
{
    /// <summary>0 when every benchmark has a result, else 1; what failed is named.</summary>
    public static int Code(IEnumerable<Summary> summaries)
    {
        var all = summaries.ToArray();
        var failed = all.SelectMany(s => s.BenchmarksCases.Where(c => s[c] is not { Success: true })).ToArray();
        foreach (var benchmark in failed)
            Console.Error.WriteLine($"failed: {benchmark.DisplayInfo}");
        return failed.Length == 0 && !all.Any(s => s.HasCriticalValidationErrors) ? 0 : 1;
    }
}
