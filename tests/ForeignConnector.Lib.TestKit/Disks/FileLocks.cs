namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>The locks on one file: as many shared ones as you like or one exclusive one, as flock has it and as .NET uses it.</summary>
internal sealed class FileLocks
{
    private int _shared;
    private bool _exclusive;

    public bool TryTake(bool exclusive)
    {
        if (_exclusive || (exclusive && _shared > 0))
            return false;
        _exclusive = exclusive;
        _shared += exclusive ? 0 : 1;
        return true;
    }

    public void Release(bool exclusive)
    {
        _exclusive = _exclusive && !exclusive;
        _shared -= exclusive ? 0 : 1;
    }
}
