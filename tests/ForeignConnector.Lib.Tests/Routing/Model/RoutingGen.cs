using CsCheck;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>Small worlds, so that spaces overlap, costs tie and names differ only where they have to.</summary>
internal static class RoutingGen
{
    private static readonly Gen<int> Cost = Gen.Int[1, 4];

    // The same three labels as the model and as people may write them.
    private static readonly (string Label, string[] Spellings)[] LabelSpellings =
        [("a", ["a", "A"]), ("com", ["com", "COM", "\uFF43om"]), ("m\u00fc", ["m\u00fc", "M\u00dc", "xn--m-eha", "XN--m-EHA"]), ("z-9", ["z-9", "Z-9"])];

    private static readonly Gen<(string Label, string Text)> Label =
        Gen.OneOf(LabelSpellings).SelectMany(l => Gen.OneOf(l.Spellings).Select(text => (l.Label, text)));

    private static readonly Gen<(string[] Labels, string Text)> Domain =
        Gen.Select(Label.Array[1, 4], Gen.OneOf("", "", ".")).Select((labels, dot) =>
            (labels.Select(l => l.Label).ToArray(), string.Join('.', labels.Select(l => l.Text)) + dot));

    private static readonly Gen<string> CostText = Gen.OneOf("", " ", "0");

    private static readonly Gen<SpaceModel> DomainSpaces = Gen.Frequency(
        (4, Gen.Select(Domain, Cost, CostText).Select((d, cost, pad) => (SpaceModel)new DomainSpace(d.Labels, false, cost, $"{d.Text};{pad}{cost}"))),
        (4, Gen.Select(Domain, Cost, CostText).Select((d, cost, pad) => (SpaceModel)new DomainSpace(d.Labels, true, cost, $"smtp:*.{d.Text};{pad}{cost}"))),
        (1, Cost.Select(cost => (SpaceModel)new DomainSpace([], true, cost, $"SMTP:*;{cost}"))));

    // Values hold what must be quoted, and differ from each other in it.
    private static readonly Gen<(string Key, string Value)> Attribute =
        Gen.Select(Gen.OneOf("c", "p", "ou1", "dda:id"), Gen.OneOf("u", "u;v", "u/v", "u v", "*"));

    private static readonly Gen<(string Key, string Value)[]> Attributes =
        Attribute.Array[1, 4].Select(all => all.DistinctBy(a => a.Key).ToArray());

    private static readonly Gen<SpaceModel> AttributeSpaces = Gen.Frequency(
        (8, Gen.Select(Attributes, Gen.Bool.Array[4], Cost, Gen.Int).Select((attributes, any, cost, seed) =>
        {
            var wanted = attributes.Select((a, i) => (a.Key, Value: any[i] ? null : a.Value)).ToArray();
            return (SpaceModel)new AttributeSpace(wanted, cost, $"X400:{X400Text.Write(wanted, new Random(seed))};{cost}");
        })),
        (1, Cost.Select(cost => (SpaceModel)new AttributeSpace([], cost, $"x400:*;{cost}"))));

    private static readonly Gen<string> TextType = Gen.OneOf("FAX", "NOTES");

    private static readonly Gen<string> Pattern = Gen.Char["ab**"].Array[1, 6].Select(c => new string(c));

    private static readonly Gen<SpaceModel> PatternSpaces = Gen.Select(TextType, Pattern, Cost, Gen.Bool).Select((type, pattern, cost, lower) =>
        (SpaceModel)new PatternSpace(type, pattern, cost, lower ? $"{type.ToLowerInvariant()}:{pattern};{cost}" : $"{type}: {pattern.ToUpperInvariant()} ;{cost}"));

    public static readonly Gen<SpaceModel> Space = Gen.OneOf(DomainSpaces, AttributeSpaces, PatternSpaces);

    public static readonly Gen<RecipientModel> Recipient = Gen.OneOf(
        Domain.Select(d => (RecipientModel)new DomainRecipient(d.Labels, "Bob@" + d.Text)),
        Gen.Select(Attributes, Gen.Int).Select((attributes, seed) =>
            (RecipientModel)new AttributeRecipient(attributes, "X400:" + X400Text.Write([.. attributes.Select(a => (a.Key, (string?)a.Value))], new Random(seed)))),
        Gen.Select(TextType, Gen.Char["abAB"].Array[1, 6]).Select((type, value) =>
            (RecipientModel)new TextRecipient(type, new string(value).ToLowerInvariant(), $"{type}:{new string(value)}")));

    public static readonly Gen<long> MessageSize = Gen.OneOf(0L, 10, 11, 20, 21);

    private static readonly Gen<long?> MaxSize = Gen.Frequency((5, Gen.Const((long?)null)), (1, Gen.Const((long?)0)), (2, Gen.OneOf<long?>(10, 20)));

    // None differs from another in case alone; some sort differently with case.
    private static readonly string[] Names = ["a", "B", "b2", "C c", "c_c", "Cd"];

    public static readonly Gen<OrganizationModel> Organization =
        from sites in Gen.Int[1, 4]
        from links in Gen.Select(Gen.Int[0, sites - 1], Gen.Int[0, sites - 1], Gen.Int[1, 4]).Array[0, 6]
        from connectors in Connector(sites).Array[0, Names.Length]
        from order in Gen.Shuffle(Names)
        select new OrganizationModel(
            [.. connectors.Select((c, i) => c with { Name = order[i] })],
            sites,
            [.. links.Where(l => l.Item1 != l.Item2).Select(l => ((char)('A' + l.Item1), (char)('A' + l.Item2), l.Item3))]);

    private static Gen<ConnectorModel> Connector(int sites) =>
        from spaces in Space.Array[1, 6]
        from enabled in Gen.Frequency((5, Gen.Const(true)), (1, Gen.Const(false)))
        from scoped in Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)))
        from servers in Gen.Select(Gen.Int[0, sites - 1], Gen.Int[1, 2]).Array[0, 3]
        from maxSize in MaxSize
        select new ConnectorModel("", spaces, enabled, scoped, [.. servers.Select(s => $"{(char)('A' + s.Item1)}{s.Item2}").Distinct()], maxSize);
}
