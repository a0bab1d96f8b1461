using ForeignConnector.Lib.Queueing.Processing;

namespace ForeignConnector.Lib.Tests.Queueing;

public class ConnectorHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = Now.AddMinutes(15);

    // b = an attempt may begin, x = it may not; f = failed, s = succeeded, a = abandoned, t = the wait for the next probe passes,
    // r = somebody asks for an attempt now; A = the message a failed, once more.
    [Theory(DisplayName = "Three messages that fail in a row begin an outage; then one attempt at a time, after a wait, until one succeeds")]
    [InlineData("bbbb", false)]
    [InlineData("bfbfb", false)]
    [InlineData("bfbfbfx", true)]
    [InlineData("bfbfbsbfbfb", false)]
    [InlineData("bAbAbAbAb", false)]
    [InlineData("bAbfbAbfx", true)]
    [InlineData("bbbbfffsb", false)]
    [InlineData("bbbfffxtbx", true)]
    [InlineData("bbbffftbfxtbx", true)]
    [InlineData("bbbffftbab", true)]
    [InlineData("bbbffftbsbbb", false)]
    [InlineData("bbbfffrbxfx", true)]
    [InlineData("bbbfffrbsbbb", false)]
    [InlineData("bbbffftbrfbfx", true)]
    [InlineData("bbbffftbrabx", true)]
    public void Follows_the_table(string steps, bool isFailing)
    {
        var health = new ConnectorHealth();
        var (now, messages) = (Now, 0);
        foreach (var step in steps)
        {
            switch (step)
            {
                case 'b' or 'x':
                    Assert.Equal(step == 'b', health.TryBegin(now, now.AddMinutes(15)));
                    break;
                case 'f':
                    health.Fail($"{messages++}", now.AddMinutes(5));
                    break;
                case 'A':
                    health.Fail("a", now.AddMinutes(5));
                    break;
                case 's':
                    health.Succeed();
                    break;
                case 'a':
                    health.Abandon();
                    break;
                case 'r':
                    health.ProbeNow();
                    break;
                case 't':
                    now = now.AddMinutes(5);
                    break;
            }
        }

        Assert.Equal(isFailing, health.IsFailing);
    }

    [Fact(DisplayName = "The beginning and the end of an outage are told once each")]
    public void Tells_of_an_outage_once()
    {
        var health = new ConnectorHealth();

        Assert.Equal([false, false, true, false], Enumerable.Range(0, 4).Select(i => health.Fail($"{i}", Now)));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => health.Succeed()));
    }

    [Fact(DisplayName = "A clock that goes back does not put a probe off for longer than the longest wait")]
    public void Bounds_the_wait_for_a_probe()
    {
        var health = new ConnectorHealth();
        for (var i = 0; i < ConnectorHealth.Threshold; i++)
            health.Fail($"{i}", Now.AddYears(1));

        Assert.Equal(Latest, health.NotBefore(Latest));
        Assert.True(health.TryBegin(Now, Latest));
    }
}
