namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Files of others have every name that a message may get (SE-3): nothing is wrong with the Drop directory.</summary>
/// <param name="first">The first of the names.</param>
/// <param name="last">The last of them.</param>
internal sealed class DropNamesTakenException(
    string first, string last) : IOException($"something else has each name from '{first}' to '{last}'")
{
    /// <summary>The name that the message would have.</summary>
    public string First { get; } = first;

    /// <summary>The last name that was tried.</summary>
    public string Last { get; } = last;
}
