using BenchmarkDotNet.Running;
using ForeignConnector.Lib.Benchmarks.Report;
using ForeignConnector.Lib.Benchmarks.Running;

// Nothing asks a question: every command runs to its end, with an exit code that says whether everything went well.
return args switch
{
    [] => FullRun.Execute(),
    ["report"] => ReportCommand.Execute(),
    ["dry"] => DryRun.Execute(),
    _ => RunExit.Code(BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, MeasurementConfig.Create())),
};
