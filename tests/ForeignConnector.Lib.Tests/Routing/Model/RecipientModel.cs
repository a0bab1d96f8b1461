namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>A recipient as the specification sees it, and one of the ways to write it.</summary>
internal abstract record RecipientModel(string Text)
{
    public abstract bool IsSmtp { get; }

    public override string ToString() => Text;
}

internal sealed record DomainRecipient(string[] Labels, string Text) : RecipientModel(Text)
{
    public override bool IsSmtp => true;

    public override string ToString() => base.ToString();
}

internal sealed record AttributeRecipient((string Key, string Value)[] Attributes, string Text) : RecipientModel(Text)
{
    public override bool IsSmtp => false;

    public override string ToString() => base.ToString();
}

internal sealed record TextRecipient(string Type, string Value, string Text) : RecipientModel(Text)
{
    public override bool IsSmtp => false;

    public override string ToString() => base.ToString();
}
