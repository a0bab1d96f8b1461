namespace ForeignConnector.Lib.Transport;

/// <summary>
/// A part that is made when it is needed for the first time. A failure is not kept: the next one who needs it tries again. Thread-safe.
/// </summary>
internal sealed class Part<T>(Func<T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private T? _value;
    private bool _isMaking;

    /// <exception cref="InvalidOperationException">Making it needs the part itself.</exception>
    public T Value => Volatile.Read(ref _value) ?? Make();

    /// <summary>Null when nobody has needed it.</summary>
    public T? IfMade => Volatile.Read(ref _value);

    private T Make()
    {
        lock (_gate)
        {
            if (_value is { } value)
                return value;
            if (_isMaking)
                throw new InvalidOperationException($"To make {typeof(T).Name}, {typeof(T).Name} itself is needed.");
            _isMaking = true;
            try
            {
                value = make() ?? throw new InvalidOperationException($"No {typeof(T).Name} was made, but null.");
                Volatile.Write(ref _value, value);
                return value;
            }
            finally
            {
                _isMaking = false;
            }
        }
    }
}
