namespace ForeignConnector.Lib.Hosting;

/// <summary>What belongs to a start and to a round of the transport besides mail.</summary>
internal sealed record TransportHooks
{
    private static readonly Func<CancellationToken, Task> Nothing = _ => Task.CompletedTask;

    /// <summary>Before the queue is loaded.</summary>
    public Func<CancellationToken, Task> Start { get; init; } = Nothing;

    /// <summary>Before files are taken in: by a host, or by a round.</summary>
    public Func<CancellationToken, Task> BeforeRound { get; init; } = Nothing;

    /// <summary>After a round.</summary>
    public Func<CancellationToken, Task> AfterRound { get; init; } = Nothing;
}
