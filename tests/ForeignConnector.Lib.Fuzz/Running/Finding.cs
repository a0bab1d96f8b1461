using System.Diagnostics;
using System.Security.Cryptography;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>An input, and what is wrong with what the library makes of it.</summary>
internal sealed record Finding(FuzzTarget Target, Exception Problem, byte[] Input, int Seed, long Execution)
{
    private static readonly TimeSpan TimeToShrink = TimeSpan.FromSeconds(5);

    /// <summary>The same for findings that are most likely one.</summary>
    public string Key { get; } = $"{Problem.GetType().Name}: {FirstLine(Problem)}";

    /// <summary>The same finding with as few octets as can be had in a short time.</summary>
    public Finding Smaller(CpuGuard guard)
    {
        var clock = Stopwatch.StartNew();
        var smallest = this;
        for (var size = Math.Max(1, Input.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < smallest.Input.Length && clock.Elapsed < TimeToShrink;)
            {
                byte[] less = [.. smallest.Input.AsSpan(0, at), .. smallest.Input.AsSpan(Math.Min(at + size, smallest.Input.Length))];
                if (FuzzRun.Try(Target, guard, less) is { } problem && new Finding(Target, problem, less, Seed, Execution) is var found && found.Key == Key)
                    smallest = found;
                else
                    at += size;
            }
        }
        return smallest;
    }

    /// <summary>Writes the input to a file, and tells how to run it again.</summary>
    public void Write(string directory)
    {
        var path = Path.Combine(Directory.CreateDirectory(directory).FullName, $"{Target.Name}-{Convert.ToHexStringLower(SHA256.HashData(Input))[..12]}.bin");
        File.WriteAllBytes(path, Input);
        Console.Error.WriteLine($"\nFINDING in {Target.Name}, seed {Seed}, execution {Execution}: {(Problem is FuzzException ? Problem.Message : Problem)}");
        Console.Error.WriteLine($"  input ({Input.Length} octets): {Check.Show(Input)}");
        Console.Error.WriteLine($"  again: {Target.Name} --replay {path}");
    }

    private static string FirstLine(Exception problem)
    {
        var line = problem.Message.AsSpan();
        line = line[..(line.IndexOf('\n') is >= 0 and var end ? end : line.Length)];
        var words = line[..(line.IndexOf(", from octet", StringComparison.Ordinal) is >= 0 and var place ? place : line.Length)].ToString();
        // Where it was thrown tells two of the runtime's exceptions apart.
        return problem is FuzzException ? words : string.Concat(problem.StackTrace?.Split('\n', 3).Take(2) ?? []);
    }
}
