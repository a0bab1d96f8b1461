namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>The message that is to be delivered cannot be read: nothing is wrong with the Drop directory.</summary>
internal sealed class UnreadableMessageException(Exception cause) : IOException("the message cannot be read", cause);
