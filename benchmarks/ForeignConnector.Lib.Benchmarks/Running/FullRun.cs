using BenchmarkDotNet.Running;
using ForeignConnector.Lib.Benchmarks.Report;

namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>Measures everything and writes the report. Results of earlier runs are deleted first, so that all figures are of one run.</summary>
internal static class FullRun
{
    public static int Execute()
    {
        if (Directory.Exists(Places.Results))
            Directory.Delete(Places.Results, recursive: true);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(FullRun).Assembly).RunAll(MeasurementConfig.Create());
        return Math.Max(RunExit.Code(summaries), ReportCommand.Execute());
    }
}
