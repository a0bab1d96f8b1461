namespace ForeignConnector.Lib.Routing;

/// <summary>A recipient and what was decided about it.</summary>
/// <param name="Recipient">The recipient as the caller has it.</param>
/// <param name="Decision">Where it goes.</param>
public sealed record RoutedRecipient<T>(T Recipient, RouteDecision Decision);
