namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>
/// Keeps a connector that fails from being hammered. After <see cref="Threshold"/> messages in a row of which it deferred every recipient
/// it gets one attempt at a time, each after a wait; the first that succeeds ends that. What is meant is the connector, not the message:
/// one that is refused for good, or deferred for its recipient's sake, counts as a success, and one that is tried again counts once.
/// Thread-safe.
/// </summary>
internal sealed class ConnectorHealth
{
    /// <summary>How many messages in a row make an outage.</summary>
    public const int Threshold = 3;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private bool _isDeferred;
    private bool _probing;
    private bool _isProbeWanted;
    private DateTimeOffset _nextProbe;
    private DateTimeOffset _roundEnds;
    private int _rounds;

    /// <summary>True during an outage.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_gate)
                return IsOut;
        }
    }

    /// <summary>
    /// When the next attempt may begin: null is at once; <see cref="DateTimeOffset.MaxValue"/> while a probe is under way.
    /// </summary>
    /// <param name="latest">A probe is never put off beyond this, whatever the clock did meanwhile.</param>
    public DateTimeOffset? NotBefore(DateTimeOffset latest)
    {
        lock (_gate)
        {
            if (!IsOut)
                return null;
            if (_probing)
                return DateTimeOffset.MaxValue;
            return _nextProbe < latest ? _nextProbe : latest;
        }
    }

    /// <summary>
    /// Ends the wait for the next probe. One that is under way may have failed before what it failed of was put right, so another follows
    /// it.
    /// </summary>
    public void ProbeNow()
    {
        lock (_gate)
            (_isProbeWanted, _nextProbe) = (_probing, DateTimeOffset.MinValue);
    }

    /// <summary>Asks to begin an attempt. What began must end with one of the other calls.</summary>
    public bool TryBegin(DateTimeOffset now, DateTimeOffset latest)
    {
        lock (_gate)
        {
            if (!IsOut)
                return true;
            if (_probing || (_nextProbe > now && _nextProbe <= latest))
                return false;
            return _probing = true;
        }
    }

    /// <summary>The attempt reached the system behind the connector.</summary>
    /// <returns>True when that ends an outage.</returns>
    public bool Succeed()
    {
        lock (_gate)
        {
            var wasFailing = IsOut;
            _failed.Clear();
            _rounds = 0;
            _isDeferred = _probing = _isProbeWanted = false;
            return wasFailing;
        }
    }

    /// <summary>
    /// How many times in a row the connector failed (RY-1): what fails before the next try is due counts with what failed before.
    /// </summary>
    public int CountRound(DateTimeOffset now, RetrySchedule schedule)
    {
        lock (_gate)
        {
            if (_rounds > 0 && now < _roundEnds && _roundEnds <= now + schedule.Longest)
                return _rounds;
            _rounds++;
            _roundEnds = now + schedule.LeastForConnector(_rounds);
            return _rounds;
        }
    }

    /// <summary>The connector deferred every recipient.</summary>
    /// <param name="message">Of which message.</param>
    /// <param name="nextProbe">When the next attempt may begin if this is an outage.</param>
    /// <returns>True when that begins an outage.</returns>
    public bool Fail(string message, DateTimeOffset nextProbe)
    {
        lock (_gate)
        {
            _nextProbe = _isProbeWanted ? DateTimeOffset.MinValue : nextProbe;
            _probing = _isProbeWanted = false;
            if (IsOut)
                return false;
            return _failed.Add(message) && _failed.Count == Threshold;
        }
    }

    /// <summary>The connector deferred its queue: that is an outage at once (DA-6).</summary>
    /// <param name="nextProbe">When the next attempt may begin.</param>
    /// <returns>True when that begins an outage.</returns>
    public bool DeferQueue(DateTimeOffset nextProbe)
    {
        lock (_gate)
        {
            var begins = !IsOut;
            _isDeferred = true;
            _nextProbe = _isProbeWanted ? DateTimeOffset.MinValue : nextProbe;
            _probing = _isProbeWanted = false;
            return begins;
        }
    }

    /// <summary>The attempt says nothing about the connector: it was not made, or was cancelled.</summary>
    public void Abandon()
    {
        lock (_gate)
            _probing = _isProbeWanted = false;
    }

    private bool IsOut => _isDeferred || _failed.Count >= Threshold;
}
