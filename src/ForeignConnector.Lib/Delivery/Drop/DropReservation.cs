namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Room in a Drop directory for one file that is being written (DR-6). Disposing gives back what was not kept.</summary>
internal sealed class DropReservation(DropQuota? quota, string name) : IDisposable
{
    private bool _isKept;

    /// <summary>For a directory without quota, and for a file that is there already.</summary>
    public static DropReservation Nothing { get; } = new(null, "");

    /// <summary>Changes the room to the file's real size; false, and no change, when there is not enough.</summary>
    public bool TryResize(long octets) => quota?.TryResize(name, octets) ?? true;

    /// <summary>The file is there now, with this name and size.</summary>
    public void Keep() => _isKept = true;

    public void Dispose() => quota?.End(name, _isKept);
}
