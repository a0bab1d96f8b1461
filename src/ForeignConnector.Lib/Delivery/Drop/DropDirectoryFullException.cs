namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>There is no room for a file, which may turn out only when it is written (DR-6).</summary>
/// <param name="isForGood">It is larger than the whole quota.</param>
internal sealed class DropDirectoryFullException(bool isForGood = false) : IOException("the Drop directory is full")
{
    /// <summary>True when there will never be room.</summary>
    public bool IsForGood { get; } = isForGood;
}
