using System.Collections.Frozen;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Routing.Tables;

/// <summary>
/// Every address space of a configuration, indexed so that the work for a lookup does not grow with their number. Immutable; safe for any
/// number of threads.
/// </summary>
internal sealed class AddressSpaceTable
{
    private readonly SmtpSpaceTable _smtp;
    private readonly X400SpaceTable _x400;
    private readonly FrozenDictionary<string, TextSpaceTable> _others;

    public AddressSpaceTable(IEnumerable<ConnectorEntry> connectors)
    {
        var smtp = new SmtpSpaceTable.Builder();
        var x400 = new X400SpaceTable.Builder();
        var others = new Dictionary<string, TextSpaceTable.Builder>();
        foreach (var connector in connectors)
        {
            foreach (var space in connector.Definition.Spaces)
                BuilderFor(space.Type).Add(new SpaceEntry(connector, space));
        }
        _smtp = smtp.Build();
        _x400 = x400.Build();
        _others = others.ToFrozenDictionary(o => o.Key, o => o.Value.Build());

        ISpaceTableBuilder BuilderFor(string type)
        {
            if (type == RoutingAddress.SmtpType)
                return smtp;
            if (type == RoutingAddress.X400Type)
                return x400;
            if (!others.TryGetValue(type, out var builder))
                others.Add(type, builder = new TextSpaceTable.Builder());
            return builder;
        }
    }

    /// <summary>Shows the visitor every space that the recipient lies in, in no order. Allocates nothing.</summary>
    public void Visit<TVisitor>(RoutingAddress recipient, ref TVisitor visitor)
        where TVisitor : struct, IMatchVisitor
    {
        if (recipient.Domain is { } domain)
            _smtp.Visit(domain, ref visitor);
        else if (recipient.Attributes is { } attributes)
            _x400.Visit(attributes, ref visitor);
        else if (_others.TryGetValue(recipient.Type, out var table))
            table.Visit(recipient.Value.AsSpan().Trim(), ref visitor);
    }
}
