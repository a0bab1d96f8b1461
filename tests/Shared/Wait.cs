using System.Diagnostics;

namespace ForeignConnector.Lib.Shared;

/// <summary>Waits for what happens on other threads; sleeps through nothing.</summary>
public static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Yield())
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "it does not happen");
    }
}
