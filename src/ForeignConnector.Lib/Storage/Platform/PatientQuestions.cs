using System.Collections.Concurrent;

namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>
/// Asks what may never answer, such as a directory on a share, on a thread of its own. A question that is under way is not asked a second
/// time, so a share that hangs holds one thread for each question and no caller (BP-1). Thread-safe.
/// </summary>
/// <param name="time">The clock of those who wait.</param>
/// <param name="background">Runs a question elsewhere; by default on a new background thread, because a pool would run out of
/// threads.</param>
internal sealed class PatientQuestions(TimeProvider time, Action<Action>? background = null)
{
    private readonly Action<Action> _background = background ?? RunOnThread;
    private readonly ConcurrentDictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    /// <summary>Asks without waiting. What the question throws becomes the task's.</summary>
    /// <param name="name">The same name is the same question, with the same type of answer.</param>
    /// <param name="question">What to ask.</param>
    /// <returns>The answer to come, also of the same question under way.</returns>
    public Task<T> Begin<T>(string name, Func<T> question)
    {
        var mine = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var current = _underWay.GetOrAdd(name, mine.Task);
        if (current == mine.Task)
            _background(() => Answer(name, question, mine));
        return (Task<T>)current;
    }

    /// <summary>Asks and waits for the answer, but not longer than <paramref name="patience"/>.</summary>
    /// <returns>False and a default value when there is no answer yet.</returns>
    public async Task<(
        bool IsAnswered, T? Answer)> AskAsync<T>(string name, Func<T> question, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return (true, await Begin(name, question).WaitAsync(patience, time, cancellationToken).ConfigureAwait(false));
        }
        catch (TimeoutException) when (_underWay.ContainsKey(name))
        {
            return default;
        }
    }

    private void Answer<T>(string name, Func<T> question, TaskCompletionSource<T> answer)
    {
        try
        {
            var value = question();
            _underWay.TryRemove(name, out _);
            answer.SetResult(value);
        }
#pragma warning disable CA1031 // Whoever asked gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _underWay.TryRemove(name, out _);
            answer.SetException(e);
        }
    }

    private static void RunOnThread(Action work) =>
        new Thread(() => work()) { IsBackground = true, Name = "ForeignConnector.Lib question" }.Start();
}
