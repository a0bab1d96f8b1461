using System.Text.RegularExpressions;

namespace ForeignConnector.Lib.Tests.Routing.Model;

/// <summary>An address space as the specification sees it, and one of the ways to write it.</summary>
internal abstract record SpaceModel(int Cost, string Text)
{
    public abstract bool Matches(RecipientModel recipient);

    /// <summary>RT-2 as two numbers, the first before the second; higher wins.</summary>
    public abstract (int Kind, int Count) Specificity { get; }

    public override string ToString() => Text;
}

/// <summary>AS-3. No labels means <c>*</c>.</summary>
internal sealed record DomainSpace(string[] Labels, bool Wildcard, int Cost, string Text) : SpaceModel(Cost, Text)
{
    public override bool Matches(RecipientModel recipient) =>
        recipient is DomainRecipient { Labels: var labels }
        && (Wildcard ? labels.TakeLast(Labels.Length).SequenceEqual(Labels) : labels.SequenceEqual(Labels));

    public override (int Kind, int Count) Specificity => Wildcard ? (0, Labels.Length) : (1, 0);

    public override string ToString() => base.ToString();
}

/// <summary>AS-4. A null value is <c>*</c>.</summary>
internal sealed record AttributeSpace((string Key, string? Value)[] Attributes, int Cost, string Text) : SpaceModel(Cost, Text)
{
    public override bool Matches(RecipientModel recipient) =>
        recipient is AttributeRecipient { Attributes: var present }
        && Attributes.All(wanted => present.Any(p => p.Key == wanted.Key && (wanted.Value is null || p.Value == wanted.Value)));

    public override (int Kind, int Count) Specificity => (0, Attributes.Count(a => a.Value is not null));

    public override string ToString() => base.ToString();
}

/// <summary>AS-6.</summary>
internal sealed record PatternSpace(string Type, string Pattern, int Cost, string Text) : SpaceModel(Cost, Text)
{
    public override bool Matches(RecipientModel recipient) =>
        recipient is TextRecipient { Type: var type, Value: var value } && type == Type
        && Regex.IsMatch(value, "^" + Regex.Escape(Pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline);

    public override (int Kind, int Count) Specificity =>
        Pattern.Contains('*', StringComparison.Ordinal) ? (0, Pattern.Count(c => c != '*')) : (1, 0);

    public override string ToString() => base.ToString();
}
