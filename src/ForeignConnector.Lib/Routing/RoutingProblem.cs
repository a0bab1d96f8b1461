namespace ForeignConnector.Lib.Routing;

/// <summary>One thing that is wrong with a routing configuration.</summary>
/// <param name="Key">
/// Where, with <c>:</c> between levels and list items by number. For a topology relative to it, for example <c>SiteLinks:0:Cost</c>; for
/// connectors it begins with the connector's name, for example <c>Fax:SourceTransportServers:1</c>.
/// </param>
/// <param name="Message">What is wrong and what to do, as one sentence without a full stop.</param>
public sealed record RoutingProblem(string Key, string Message)
{
    /// <summary><c>Key: Message</c>.</summary>
    public override string ToString() => $"{Key}: {Message}";

    internal static void ThrowIfAny(IReadOnlyList<RoutingProblem> problems, string parameter)
    {
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems), parameter);
    }
}
