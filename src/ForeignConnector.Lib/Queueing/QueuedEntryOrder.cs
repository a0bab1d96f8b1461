namespace ForeignConnector.Lib.Queueing;

/// <summary>The orders in which entries are taken. Both end with what keeps any two entries apart.</summary>
internal static class QueuedEntryOrder
{
    /// <summary>By when they are due, then by acceptance.</summary>
    public static IComparer<QueuedEntry> ByDue { get; } = Comparer<QueuedEntry>.Create((a, b) =>
    {
        var order = a.DueTicks.CompareTo(b.DueTicks);
        return order != 0 ? order : ByAcceptance(a, b);
    });

    /// <summary>By kind, each kind by age. An entry only ever changes to a kind that comes earlier, so that who goes through them meets none twice.</summary>
    public static IComparer<QueuedEntry> ByAge { get; } = Comparer<QueuedEntry>.Create((a, b) =>
    {
        var order = a.AgeKind.CompareTo(b.AgeKind);
        if (order == 0)
            order = a.AgeTicks.CompareTo(b.AgeTicks);
        return order != 0 ? order : ByAcceptance(a, b);
    });

    private static int ByAcceptance(QueuedEntry a, QueuedEntry b)
    {
        var order = a.AcceptedTicks.CompareTo(b.AcceptedTicks);
        if (order == 0)
            order = a.Key.CompareTo(b.Key);
        if (order == 0)
            order = a.Mark.CompareTo(b.Mark);
        return order == 0 ? a.Side.CompareTo(b.Side) : order;
    }
}
