using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ForeignConnector.Lib.Benchmarks.Running;

/// <summary>
/// Runs every benchmark once, in this process, with the smallest parameters: shows that none has rotted, and measures nothing.
/// </summary>
internal static class DryRun
{
    /// <summary>True while it runs: benchmarks whose setup takes seconds have fewer parameters then.</summary>
    public static bool IsActive { get; private set; }

    public static int Execute()
    {
        IsActive = true;
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance).AsMutator())
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(Places.Artifacts, "dry"));
        return RunExit.Code(BenchmarkSwitcher.FromAssembly(typeof(DryRun).Assembly).RunAll(config));
    }
}
