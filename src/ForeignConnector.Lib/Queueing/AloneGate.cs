namespace ForeignConnector.Lib.Queueing;

/// <summary>Lets many work at once, or one alone; in the order of their coming, so that who wants to be alone is not put off for ever. Thread-safe.</summary>
internal sealed class AloneGate
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(TaskCompletionSource Admitted, bool Alone)> _waiting = [];
    private int _inside;
    private bool _isAlone;

    /// <summary>Waits until nobody is inside alone, or, to be alone, until nobody is inside.</summary>
    public async ValueTask EnterAsync(bool alone, CancellationToken cancellationToken)
    {
        LinkedListNode<(TaskCompletionSource Admitted, bool Alone)> place;
        lock (_gate)
        {
            if (_waiting.Count == 0 && TryAdmit(alone))
                return;
            place = _waiting.AddLast((new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), alone));
        }
        try
        {
            await place.Value.Admitted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            GiveUp(place);
            throw;
        }
    }

    /// <summary>Enters, with others inside, if that needs no waiting: for who is inside already.</summary>
    public bool TryEnter()
    {
        lock (_gate)
            return _waiting.Count == 0 && TryAdmit(alone: false);
    }

    /// <summary>Ends what <see cref="EnterAsync"/> or <see cref="TryEnter"/> began.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _inside--;
            _isAlone = false;
            AdmitWaiting();
        }
    }

    private void GiveUp(LinkedListNode<(TaskCompletionSource Admitted, bool Alone)> place)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                // Admitted at the same moment.
                Leave();
                return;
            }
            _waiting.Remove(place);
            AdmitWaiting();
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.First is { } first && TryAdmit(first.Value.Alone))
        {
            _waiting.RemoveFirst();
            first.Value.Admitted.SetResult();
        }
    }

    private bool TryAdmit(bool alone)
    {
        if (_isAlone || (alone && _inside > 0))
            return false;
        _inside++;
        _isAlone = alone;
        return true;
    }
}
