namespace ForeignConnector.Lib.Diagnostics;

/// <summary>What a queue holds for one connector.</summary>
/// <param name="Connector">Its name; empty for entries without a connector.</param>
/// <param name="Messages">Entries.</param>
/// <param name="OldestAcceptedAt">When the oldest of them was accepted.</param>
public readonly record struct QueueLevel(string Connector, int Messages, DateTimeOffset OldestAcceptedAt);
