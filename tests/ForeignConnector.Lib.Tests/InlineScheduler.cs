namespace ForeignConnector.Lib.Tests;

/// <summary>Runs everything at once, on the thread that asks for it: what happens in a test happens in its order.</summary>
public sealed class InlineScheduler : TaskScheduler
{
    /// <summary>The only one.</summary>
    public static InlineScheduler Instance { get; } = new();

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => TryExecuteTask(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);
}
