using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ForeignConnector.Lib.Benchmarks.Report;

namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>
/// Runs every benchmark once, in this process, with the smallest parameters, and writes a report of that beside its results: shows that none of it
/// has rotted, and measures nothing.
/// </summary>
internal static class DryRun
{
    /// <summary>True while it runs: benchmarks whose setup takes seconds have fewer parameters then.</summary>
    public static bool IsActive { get; private set; }

    public static int Execute()
    {
        IsActive = true;
        var folder = Path.Combine(Places.Artifacts, "dry");
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance).AsMutator())
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(JsonExporter.Brief)
            .WithArtifactsPath(folder);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(DryRun).Assembly).RunAll(config);
        return Math.Max(RunExit.Code(summaries), ReportCommand.Execute(Path.Combine(folder, "results"), folder));
    }
}
