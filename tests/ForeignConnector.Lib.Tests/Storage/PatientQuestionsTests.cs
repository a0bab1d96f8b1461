using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Storage;

/// <summary>BP-1: what hangs holds one thread, and nobody who asks.</summary>
public class PatientQuestionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Action> _threads = [];

    private PatientQuestions Questions => field ??= new PatientQuestions(_time, _threads.Add);

    [Fact(DisplayName = "BP-1: a question that is under way is not asked again, whoever asks; another one is")]
    public async Task Asks_once()
    {
        var first = Questions.Begin("a", () => 1);
        var second = Questions.Begin("a", () => 2);
        _ = Questions.Begin("b", () => 3);

        Assert.Equal(2, _threads.Count);
        _threads[0]();
        Assert.Equal((1, 1), (await first, await second));
    }

    [Fact(DisplayName = "BP-1: after its answer a question can be asked again")]
    public async Task Asks_again()
    {
        var first = Questions.Begin("a", () => 1);
        _threads[0]();
        var second = Questions.Begin("a", () => 2);
        _threads[1]();

        Assert.Equal((1, 2), (await first, await second));
    }

    [Fact(DisplayName = "BP-1: whoever asks waits as long as he likes and no longer; the answer that comes later is for the next one")]
    public async Task Waits_with_patience()
    {
        var wait = Questions.AskAsync("a", () => 1, TimeSpan.FromSeconds(5), CancellationToken.None);
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((false, 0), await wait);
        var next = Questions.AskAsync("a", () => 2, TimeSpan.FromSeconds(5), CancellationToken.None);
        _threads.Single()();
        Assert.Equal((true, 1), await next);
    }

    [Theory(DisplayName = "What a question throws is its answer")]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(TimeoutException))]
    public async Task Passes_exceptions_on(Type type)
    {
        var wait = Questions.AskAsync<int>("a", () => throw (Exception)Activator.CreateInstance(type)!, TimeSpan.FromSeconds(5), CancellationToken.None);

        _threads.Single()();

        await Assert.ThrowsAsync(type, () => wait);
    }

    [Fact(DisplayName = "BP-1: on real threads, a question that hangs holds up no other")]
    public async Task Holds_nobody_up()
    {
        using var gate = new ManualResetEventSlim();
        var questions = new PatientQuestions(TimeProvider.System);
        var hanging = questions.Begin("a", () => { gate.Wait(); return 1; });

        Assert.Equal(2, await questions.Begin("b", () => 2));

        Assert.False(hanging.IsCompleted);
        gate.Set();
        Assert.Equal(1, await hanging);
    }
}
