using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Mail.Addresses.X400;

/// <summary>
/// The attributes of an O/R address or of an X.400 space (AS-4), in canonical order. Both notations are read, <c>c=US;a=Fabrikam</c> and
/// <c>/c=US/a=Fabrikam/</c>; <see cref="ToString"/> writes the first.
/// </summary>
/// <param name="attributes">Sorted, each key once.</param>
internal sealed class X400AttributeList(ImmutableArray<X400Attribute> attributes)
{
    private const string All = "*";

    public ImmutableArray<X400Attribute> Attributes { get; } = attributes;

    /// <summary>Attributes with a literal value: how specific the space is (RT-2).</summary>
    public int LiteralCount => Attributes.Count(a => !a.MatchesAny);

    /// <summary>A space: every attribute must be known. <c>*</c> is the list without attributes, which matches every O/R address.</summary>
    public static X400AttributeList? ReadSpace(TextPart part, out MailFormatException? error)
    {
        error = null;
        return part.Span.SequenceEqual(All) ? new X400AttributeList([]) : new X400Parser(part, isSpace: true).Read(out error);
    }

    /// <summary>A recipient: attributes that no space can name are skipped, <c>*</c> is an ordinary value. Null when it is
    /// malformed.</summary>
    public static X400AttributeList? ReadRecipient(string text) => new X400Parser(new TextPart(text).Trim(), isSpace: false).Read(out _);

    /// <summary>True when every attribute of this space is present in the recipient with an equal value, or with any where this has
    /// <c>*</c>.</summary>
    public bool Matches(X400AttributeList recipient)
    {
        foreach (var wanted in Attributes)
        {
            if (recipient.Find(wanted.Key) is not { } value
                || !(wanted.MatchesAny || value.Equals(wanted.Value, StringComparison.OrdinalIgnoreCase)))
                return false;
        }
        return true;
    }

    /// <summary>The value of an attribute; null when it is absent.</summary>
    public string? Find(string key)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.HasKey(key))
                return attribute.Value;
        }
        return null;
    }

    public override string ToString()
    {
        if (Attributes.IsEmpty)
            return All;
        var text = new StringBuilder();
        foreach (var attribute in Attributes)
        {
            if (text.Length > 0)
                text.Append(';');
            attribute.WriteTo(text);
        }
        return text.ToString();
    }
}
