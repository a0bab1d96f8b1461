using ForeignConnector.Lib.Fuzz.Targets;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>The program behind the command line.</summary>
internal static class FuzzCommand
{
    private const string Usage = "usage: [target|all] [--seconds N | --executions N] [--seed N] [--findings DIR] [--pool DIR] [--unguided] [--replay FILE]";

    /// <summary>0 when nothing was found, 1 when something was, 2 for a command line that is none.</summary>
    public static int Execute(string[] arguments, bool isGuided)
    {
        var options = FuzzOptions.Read(arguments);
        FuzzTarget[] targets = [.. FuzzTargets.All.Where(target => options?.Target is null || options.Target == target.Name)];
        if (options is null || targets.Length == 0 || (options.Replay is not null && options.Target is null))
        {
            Console.Error.WriteLine($"{Usage}\ntargets: {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}");
            return 2;
        }
        if (options.Replay is { } file)
            return Replay(targets[0], file);
        Console.WriteLine($"seed {options.Seed}, {(isGuided ? "guided by coverage" : "without coverage")}");
        var found = 0;
        foreach (var target in targets)
            found += Run(target, options, TimeSpan.FromSeconds((double)options.Seconds / targets.Length));
        return found > 0 ? 1 : 0;
    }

    private static int Run(FuzzTarget target, FuzzOptions options, TimeSpan time)
    {
        var run = new FuzzRun(target, options, time);
        run.Execute();
        foreach (var finding in run.Findings)
            finding.Write(options.Findings);
        return run.Findings.Count;
    }

    private static int Replay(FuzzTarget target, string file)
    {
        Coverage.Begin();
        using var guard = new CpuGuard(() => Environment.Exit(1));
        var problem = FuzzRun.Try(target, guard, File.ReadAllBytes(file));
        Console.WriteLine(problem is null ? "nothing wrong" : problem.ToString());
        return problem is null ? 0 : 1;
    }
}
