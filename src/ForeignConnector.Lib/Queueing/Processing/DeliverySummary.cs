namespace ForeignConnector.Lib.Queueing.Processing;

/// <summary>What a round of deliveries did, in recipients.</summary>
/// <param name="Delivered">Delivered or relayed.</param>
/// <param name="Deferred">To be tried again.</param>
/// <param name="Failed">Given up.</param>
public readonly record struct DeliverySummary(int Delivered, int Deferred, int Failed)
{
    /// <summary>The sum of two rounds.</summary>
    public static DeliverySummary operator +(DeliverySummary a, DeliverySummary b) => Add(a, b);

    /// <summary>The sum of two rounds.</summary>
    public static DeliverySummary Add(DeliverySummary a, DeliverySummary b) =>
        new(a.Delivered + b.Delivered, a.Deferred + b.Deferred, a.Failed + b.Failed);
}
