using System.Collections.Concurrent;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Mail;

public class SubmissionIdSourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact(DisplayName = "DR-5: every id is later than the one before while the clock stands still, and follows it when it goes on")]
    public void Goes_on_while_the_clock_stands_still()
    {
        var source = Source();

        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => (source.Next().AcceptedAt - Start).Ticks));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Start.AddSeconds(1), source.Next("a").AcceptedAt);
    }

    [Theory(DisplayName = "DR-5: a clock that goes back by some minutes does not bring ids out of order")]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(299)]
    public void Goes_on_when_the_clock_goes_back(int seconds)
    {
        var clock = new SettableClock { Now = Start };
        var source = new SubmissionIdSource(clock, new Random(1));
        var before = source.Next();
        clock.Now = Start.AddSeconds(-seconds);

        Assert.Equal(before.AcceptedAt.AddTicks(1), source.Next().AcceptedAt);
    }

    [Theory(DisplayName = "SE-4: after the clock was set back far, ids follow it again, one after the other")]
    [InlineData(6)]
    [InlineData(60)]
    [InlineData(5_256_000)]
    public void Follows_a_clock_that_was_set_back_far(int minutes)
    {
        var clock = new SettableClock { Now = Start };
        var source = new SubmissionIdSource(clock, new Random(1));
        source.Next();
        clock.Now = Start.AddMinutes(-minutes);

        Assert.Equal([clock.Now, clock.Now.AddTicks(1)], [source.Next().AcceptedAt, source.Next().AcceptedAt]);
    }

    [Fact(DisplayName = "DR-5: after a restart ids go on behind those of the earlier run, when its clock was some minutes ahead")]
    public void Starts_after_an_earlier_run()
    {
        var source = Source();
        source.StartAfter(Start.AddMinutes(4).ToOffset(TimeSpan.FromHours(5)));
        source.StartAfter(Start.AddDays(-1));

        Assert.Equal(Start.AddMinutes(4).AddTicks(1), source.Next().AcceptedAt);
    }

    [Theory(DisplayName = "SE-4: no id is dated more than five minutes ahead, whatever an earlier run left behind")]
    [InlineData(6)]
    [InlineData(5_256_000)]
    public void Is_never_far_ahead(int minutes)
    {
        var source = Source();
        source.StartAfter(Start.AddMinutes(minutes));

        Assert.All(Enumerable.Range(0, 10).Select(_ => source.Next().AcceptedAt), time => Assert.InRange(time, Start, Start.AddMinutes(5)));
    }

    [Fact(DisplayName = "PU-4: the key is the same whenever the identity is, and not otherwise; the time differs")]
    public void Derives_the_key_from_the_identity()
    {
        var (first, again, other) = (Source().Next("pickup/a.eml|1"), new SubmissionIdSource(_time, new Random(7)).Next("pickup/a.eml|1"), Source().Next("pickup/b.eml|1"));

        Assert.Equal(first.Key, again.Key);
        Assert.NotEqual(first.Key, other.Key);
    }

    [Fact(DisplayName = "PU-4: the key of an identity is the same in every version")]
    public void Keeps_the_key_for_ever() =>
        Assert.Equal(new UInt128(0xba7816bf8f01cfea, 0x414140de5dae2223), Source().Next("abc").Key);

    [Fact(DisplayName = "DR-5: ids are unique and in order for each thread that takes them")]
    public void Is_thread_safe()
    {
        var source = Source();
        var all = new ConcurrentBag<SubmissionId[]>();

        Parallel.For(0, 8, _ => all.Add([.. Enumerable.Range(0, 2000).Select(i => i % 2 == 0 ? source.Next() : source.Next("same"))]));

        Assert.Equal(16_000, all.SelectMany(ids => ids).Select(id => id.AcceptedAt).Distinct().Count());
        Assert.Equal(8_001, all.SelectMany(ids => ids).Select(id => id.Key).Distinct().Count());
        Assert.All(all, ids => Assert.Equal(ids.OrderBy(id => id.AcceptedAt), ids));
    }

    private SubmissionIdSource Source() => new(_time, new Random(1));

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
