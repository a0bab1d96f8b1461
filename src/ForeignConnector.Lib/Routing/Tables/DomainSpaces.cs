using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>The entries of the spaces <c>domain</c> and <c>*.domain</c>; the default value has none.</summary>
/// <param name="space">One of the two spaces.</param>
/// <param name="hash">The domain's hash.</param>
internal struct DomainSpaces(string space, ulong hash)
{
    public SpaceEntry? Exact;

    public SpaceEntry? Wildcard;

    public readonly string? Space => space;

    public readonly ulong Hash => hash;

    /// <summary>The domain. A slice of the space, so that a million wildcards need no second text.</summary>
    public readonly ReadOnlySpan<char> Domain => SmtpSpace.DomainOf(space);
}
