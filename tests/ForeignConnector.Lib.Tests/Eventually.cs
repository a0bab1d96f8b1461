namespace ForeignConnector.Lib.Tests;

/// <summary>Waits for a condition that other threads bring about, without sleeping.</summary>
internal static class Eventually
{
    /// <summary>Ends when the condition holds; fails after a minute.</summary>
    public static async Task Async(Func<bool> condition)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromMinutes(1), "The condition did not come to hold.");
            await Task.Run(Thread.Yield, TestContext.Current.CancellationToken);
        }
    }
}
