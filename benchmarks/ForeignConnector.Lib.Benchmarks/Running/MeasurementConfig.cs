using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Validators;
using Perfolizer.Horology;

namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>
/// The one configuration of every figure. How often a class measures is said by its own <c>[SimpleJob]</c>; everything else is the same for all.
/// </summary>
internal static class MeasurementConfig
{
    // Long enough for a steady mean of what takes nanoseconds, short enough for all of them in one sitting.
    private static readonly TimeInterval IterationTime = TimeInterval.FromMilliseconds(200);

    public static IConfig Create() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithIterationTime(IterationTime).AsMutator())
        .AddLogger(ConsoleLogger.Default)
        .AddAnalyser([.. DefaultConfig.Instance.GetAnalysers()])
        .AddValidator(JitOptimizationsValidator.FailOnError, BaselineValidator.FailOnError)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .HideColumns(Column.Job, Column.Error, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2, Column.AllocRatio)
        .AddExporter(JsonExporter.Brief)
        .WithSummaryStyle(SummaryStyle.Default.WithRatioStyle(RatioStyle.Trend))
        .WithArtifactsPath(Places.Artifacts);
}
