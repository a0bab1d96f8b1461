namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Room in a Drop directory for one file that is being written (DR-6). Disposing gives back what was not kept.</summary>
internal sealed class DropReservation(DropQuota? quota, string name) : IDisposable
{
    private DropQuota? _quota = quota;
    private string _name = name;
    private bool _isKept;

    /// <summary>For a directory without quota, and for a file that is there already.</summary>
    public static DropReservation Nothing { get; } = new(null, "");

    /// <summary>Changes the room to the file's real size; false, and no change, when there is not enough.</summary>
    public bool TryResize(long octets) => _quota?.TryResize(_name, octets) ?? true;

    /// <summary>The file gets another name, because something else has the one it had.</summary>
    public void Rename(string newName)
    {
        if (_quota is null || newName == _name)
            return;
        if (!_quota.TryRename(_name, newName))
            _quota = null;
        _name = newName;
    }

    /// <summary>The file is there now, with this name and size.</summary>
    public void Keep() => _isKept = true;

    public void Dispose() => _quota?.End(_name, _isKept);
}
