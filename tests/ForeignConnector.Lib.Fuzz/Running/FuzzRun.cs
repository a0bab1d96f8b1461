using System.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>One target, for a time or a number of executions.</summary>
internal sealed class FuzzRun(FuzzTarget target, FuzzOptions options, TimeSpan time)
{
    // More of them say nothing new.
    private const int MaxFindings = 10;

    private readonly Coverage _coverage = new();
    private readonly Random _random = new(unchecked((options.Seed * 397) ^ StableHash(target.Name)));
    private readonly List<Finding> _findings = [];
    private byte[] _input = [];
    private long _executions;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Runs the corpus, then what is made of it; prints a line.</summary>
    public void Execute()
    {
        using var guard = new CpuGuard(Endless);
        var pool = new InputPool(target.Corpus, PoolOf(options), _random);
        var mutator = new Mutator(_random);
        var clock = Stopwatch.StartNew();
        foreach (var input in pool.Inputs.ToArray())
            Run(guard, pool, input, keep: false);
        while (_findings.Count < MaxFindings && (options.Executions is { } most ? _executions < most : clock.Elapsed < time))
            Run(guard, pool, mutator.Mutate(pool.Choose(), pool.Inputs), keep: true);
        if (PoolOf(options) is { } left)
            pool.Save(left);
        Console.WriteLine($"{target.Name,-16} {_executions,10} executions {_executions / clock.Elapsed.TotalSeconds,8:0}/s {_coverage.Count,7} branches {pool.Inputs.Count,5} inputs {_findings.Count,3} findings");
    }

    private string? PoolOf(FuzzOptions options) => options.Pool is { } folder ? Path.Combine(folder, target.Name) : null;

    /// <summary>Runs a single input; null when all is well.</summary>
    public static Exception? Try(FuzzTarget target, CpuGuard guard, ReadOnlySpan<byte> input)
    {
        try
        {
            guard.Run(target.Run, input);
            return null;
        }
        catch (MailFormatException e) when (e.Rule.Length > 0 && e.Reason.Length > 0)
        {
            // Refused, with the rule that it breaks.
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            guard.End();
        }
    }

    private void Run(CpuGuard guard, InputPool pool, byte[] input, bool keep)
    {
        _input = input;
        Coverage.Begin();
        var problem = Try(target, guard, input);
        if (_coverage.EndIsNew() && keep)
            pool.Add(input);
        _executions++;
        if (problem is null)
            return;
        var finding = new Finding(target, problem, input, options.Seed, _executions);
        if (!_findings.Any(known => known.Key == finding.Key))
            _findings.Add(finding.Smaller(guard));
    }

    private void Endless()
    {
        new Finding(target, new FuzzException("it does not end"), _input, options.Seed, _executions).Write(options.Findings);
        Environment.Exit(1);
    }

    // string.GetHashCode is another one in each process.
    private static int StableHash(string name) => name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
