using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.TestKit;

/// <summary>A delivery agent that does what it is told, and notes each step. Delivers everything until told otherwise.
/// Thread-safe.</summary>
public sealed class ScriptedAgent : IDeliveryAgent, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private ImmutableList<string> _steps = [];
    private int _connections;
    private int _open;

    /// <inheritdoc/>
    public int MaxRecipientsPerDelivery { get; set; } = int.MaxValue;

    /// <summary>What opening gives.</summary>
    /// <value>Default null: a connection.</value>
    public Func<OpenConnectionContext, CancellationToken, ValueTask<OpenConnectionResult?>>? OpenScript { get; set; }

    /// <summary>What a delivery gives.</summary>
    /// <value>Default: every recipient is delivered.</value>
    public Func<DeliveryRequest, CancellationToken, ValueTask<DeliveryReport>> DeliverScript { get; set; } =
        (request, _) => ValueTask.FromResult(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));

    /// <summary>What closing does.</summary>
    /// <value>Default: nothing.</value>
    public Func<CancellationToken, ValueTask<string?>> CloseScript { get; set; } = _ => ValueTask.FromResult<string?>(null);

    /// <summary>Whether connections that waited still work.</summary>
    /// <value>Default true.</value>
    public bool IsAlive { get; set; } = true;

    /// <summary>
    /// What happened, in this order: <c>open N</c>, <c>deliver N id</c>, <c>close N</c>, <c>dispose</c>, with the number of the connection.
    /// </summary>
    public IReadOnlyList<string> Steps => Volatile.Read(ref _steps);

    /// <summary>The most connections that were open at a time.</summary>
    public int MostOpen { get; private set; }

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <inheritdoc/>
    public async ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken)
    {
        if (OpenScript is not null && await OpenScript(context, cancellationToken).ConfigureAwait(false) is { } scripted)
            return scripted;
        int number;
        lock (_gate)
        {
            number = ++_connections;
            MostOpen = Math.Max(MostOpen, ++_open);
            _steps = _steps.Add($"open {number}");
        }
        return OpenConnectionResult.Opened(new Connection(this, number));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Note("dispose");
        return ValueTask.CompletedTask;
    }

    private void Note(string step)
    {
        lock (_gate)
            _steps = _steps.Add(step);
    }

    private sealed class Connection(ScriptedAgent agent, int number) : IDeliveryConnection
    {
        public string? RemoteHost => "agent.test";

        public ValueTask<bool> IsAliveAsync(CancellationToken cancellationToken) => ValueTask.FromResult(agent.IsAlive);

        public ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            agent.Note($"deliver {number} {request.Id}");
            return agent.DeliverScript(request, cancellationToken);
        }

        public async ValueTask<string?> CloseAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await agent.CloseScript(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                lock (agent._gate)
                {
                    agent._open--;
                    agent._steps = agent._steps.Add($"close {number}");
                }
            }
        }
    }
}
