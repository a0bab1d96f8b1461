namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// Receives the matches a table finds for a recipient. Implemented by structs, so that a lookup allocates nothing.
/// </summary>
internal interface IMatchVisitor
{
    /// <summary>The space of this chain matches.</summary>
    /// <param name="first">The best entry of the chain; the others follow by <see cref="SpaceEntry.Next"/>.</param>
    /// <param name="specificity">How specific the match is (RT-2); higher wins.</param>
    void Visit(SpaceEntry first, int specificity);
}
