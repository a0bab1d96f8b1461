namespace ForeignConnector.Lib.Benchmarks.Report;

/// <summary>Something the library wants to be true of its speed, and how to tell from the results.</summary>
/// <param name="What">What is measured beside what.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="Value">The figure; null when it was not measured.</param>
/// <param name="Holds">Whether a figure meets the goal.</param>
/// <param name="Text">The figure as text.</param>
internal sealed record Aim(string What, string Goal, Func<Results, double?> Value, Func<double, bool> Holds, Func<double, string> Text)
{
    /// <summary>One operation must be so many times as fast as another.</summary>
    public static Aim Faster(string what, double factor, Func<Results, double?> value, string goal = "") =>
        new(what, goal.Length > 0 ? goal : $"at least {Units.Digits(factor)} times as fast", value, v => v >= factor, v => $"{Units.Digits(v)} times");

    /// <summary>A figure must not be above a limit.</summary>
    public static Aim AtMost(string what, double limit, Func<double, string> text, Func<Results, double?> value) =>
        new(what, $"at most {text(limit)}", value, v => v <= limit, text);
}
