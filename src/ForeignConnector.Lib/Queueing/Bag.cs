namespace ForeignConnector.Lib.Queueing;

/// <summary>Values, each as often as it was put in. Taking one takes the same time however many there are.</summary>
internal sealed class Bag<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _counts = [];

    public Bag(IEnumerable<T> values)
    {
        foreach (var value in values)
            _counts[value] = _counts.GetValueOrDefault(value) + 1;
    }

    /// <summary>Takes one of the values that are equal to this; false when there is none left.</summary>
    public bool TryTake(T value)
    {
        if (_counts.GetValueOrDefault(value) is not (> 0 and var count))
            return false;
        _counts[value] = count - 1;
        return true;
    }
}
