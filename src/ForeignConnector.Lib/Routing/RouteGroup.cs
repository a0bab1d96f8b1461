using System.Collections.Immutable;

namespace ForeignConnector.Lib.Routing;

/// <summary>The recipients of one message that go the same way (RT-5).</summary>
/// <param name="Outcome">What happens to them.</param>
/// <param name="Connector">The connector that gets one copy for all of them; null unless <see cref="RouteOutcome.Route"/>.</param>
/// <param name="Recipients">In the order given, each with its own decision. At least one.</param>
public sealed record RouteGroup<T>(RouteOutcome Outcome, string? Connector, ImmutableArray<RoutedRecipient<T>> Recipients);
