namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>Collects the address spaces of one type.</summary>
internal interface ISpaceTableBuilder
{
    /// <summary>Takes an entry whose space is of the builder's type.</summary>
    void Add(SpaceEntry entry);
}
