namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>Counts operations, and lets one of them fail.</summary>
internal sealed class Faults
{
    private readonly List<string> _done = [];
    private int _failing = -1;
    private string _error = "";

    /// <summary>What was asked for, in order.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>Says for each operation what it fails with from now on; null is nothing.</summary>
    public Func<string, Exception?> Always { get; set; } = _ => null;

    public void FailAt(int operation, string error) => (_failing, _error) = (operation, error);

    /// <summary>Counts one more; the exception it fails with, or null.</summary>
    public Exception? Next(string operation, string path)
    {
        lock (_done)
        {
            _done.Add($"{operation} {path}");
            return _done.Count - 1 == _failing ? DiskErrors.ByName(_error, path) : Always(_done[^1]);
        }
    }
}
