namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>The file turned out larger than was known before it was written, and there is no room for that (DR-6).</summary>
internal sealed class DropDirectoryFullException() : IOException("the Drop directory is full");
