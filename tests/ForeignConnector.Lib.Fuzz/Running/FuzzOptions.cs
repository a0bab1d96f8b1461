using System.Globalization;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>The command line: <c>[target|all] [--seconds N | --executions N] [--seed N] [--findings DIR] [--pool DIR] [--unguided] [--replay FILE]</c>.</summary>
internal sealed record FuzzOptions
{
    /// <summary>One target; null for all.</summary>
    public string? Target { get; private init; }

    /// <summary>For all targets together.</summary>
    /// <value>Default 60.</value>
    public int Seconds { get; private init; } = 60;

    /// <summary>For each target, instead of a time.</summary>
    public long? Executions { get; private init; }

    /// <summary>The same seed gives the same inputs.</summary>
    /// <value>Default 1.</value>
    public int Seed { get; private init; } = 1;

    /// <summary>Where inputs go that show something.</summary>
    /// <value>Default <c>TestResults/fuzz</c>.</value>
    public string Findings { get; private init; } = Path.Combine("TestResults", "fuzz");

    /// <summary>Where a run that is guided leaves the inputs it found new, and where every run begins with them; null is nowhere.</summary>
    public string? Pool { get; private init; }

    /// <summary>A single input to run; null to make some.</summary>
    public string? Replay { get; private init; }

    /// <summary>Null when the command line is not one.</summary>
    public static FuzzOptions? Read(string[] arguments)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var read = arguments[i] switch
            {
                "--seconds" when Number(value) is { } seconds => options with { Seconds = (int)Math.Min(seconds, int.MaxValue) },
                "--executions" when Number(value) is { } executions => options with { Executions = executions },
                "--seed" when Number(value) is { } seed => options with { Seed = (int)(seed & int.MaxValue) },
                "--findings" when value.Length > 0 => options with { Findings = value },
                "--pool" when value.Length > 0 => options with { Pool = value },
                "--unguided" => options,
                "--replay" when value.Length > 0 => options with { Replay = value },
                ['-', ..] => null,
                "all" => options,
                var name => options with { Target = name },
            };
            if (read is null)
                return null;
            i += arguments[i].StartsWith('-') && arguments[i] != "--unguided" ? 1 : 0;
            options = read;
        }
        return options;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
