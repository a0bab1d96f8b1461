using System.Text.RegularExpressions;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>What the placeholders of one call stand for.</summary>
/// <param name="Id">The stable id.</param>
/// <param name="Sender">The sender; empty is the null sender.</param>
/// <param name="Subject">The subject, on one line.</param>
/// <param name="File">The file with the message; empty when no argument asks for it.</param>
internal sealed record ArgumentValues(string Id, string Sender, string Subject, string File);

/// <summary>Replaces placeholders inside single arguments. No argument becomes two, and no address becomes an option (PX-1).</summary>
internal static partial class ArgumentTemplate
{
    public const string Subject = "{subject}";
    public const string File = "{file}";
    private const string EndOfOptions = "--";

    private static readonly string[] OfRecipient = ["{recipient}", "{type}", "{value}"];

    public static IReadOnlyList<string> Placeholders { get; } = ["{id}", "{sender}", .. OfRecipient, Subject, File];

    /// <summary>What looks like a placeholder and is none.</summary>
    public static IEnumerable<string> Unknown(string argument) =>
        Placeholder().Matches(argument).Select(match => match.Value).Except(Placeholders, StringComparer.Ordinal);

    /// <summary>The arguments of a call.</summary>
    /// <param name="templates">The arguments as they are configured.</param>
    /// <param name="recipients">The recipients; an argument that speaks of one stands once for each.</param>
    /// <param name="values">The other values.</param>
    /// <exception cref="OptionException">An address would become an option; see <see cref="Problem"/>.</exception>
    public static IEnumerable<string> Fill(
        IList<string> templates, IReadOnlyList<EnvelopeRecipient> recipients, ArgumentValues values)
    {
        for (var i = 0; i < templates.Count; i++)
        {
            var isOperand = i > 0 && templates[i - 1] == EndOfOptions;
            if (OfRecipient.Any(name => templates[i].Contains(name, StringComparison.Ordinal)))
            {
                foreach (var recipient in recipients)
                    yield return Fill(templates[i], isOperand, recipient, values);
            }
            else
            {
                yield return Fill(templates[i], isOperand, recipients[0], values);
            }
        }
    }

    /// <summary>What would become an option in a call for one recipient.</summary>
    public static OptionProblem Problem(IList<string> templates, EnvelopeRecipient recipient, ArgumentValues values)
    {
        try
        {
            foreach (var _ in Fill(templates, [recipient], values))
            {
            }
            return OptionProblem.None;
        }
        catch (OptionException e)
        {
            return e.Problem;
        }
    }

    private static string Fill(string template, bool isOperand, EnvelopeRecipient recipient, ArgumentValues values)
    {
        // One pass: what a value holds is never taken for a placeholder.
        var argument = Placeholder().Replace(template, match => match.Value switch
        {
            "{id}" => values.Id,
            "{sender}" => values.Sender,
            "{recipient}" => recipient.Address,
            "{type}" => recipient.Type,
            "{value}" => recipient.Value,
            Subject => values.Subject,
            File => values.File,
            _ => match.Value,
        });
        if (isOperand || !argument.StartsWith('-') || template.StartsWith('-'))
            return argument;
        return Placeholder().Match(template) is { Index: 0, Value: Subject }
            ? " " + argument
            : throw new OptionException(
                OfRecipient.Any(name => template.Contains(name, StringComparison.Ordinal))
                    ? OptionProblem.Recipient
                    : OptionProblem.Sender);
    }

    [GeneratedRegex(@"\{[A-Za-z]+\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}

/// <summary>Whose address would become an option of the program.</summary>
internal enum OptionProblem
{
    None,
    Recipient,
    Sender,
}

#pragma warning disable CA1064, CA1032 // Thrown and caught in one place.
internal sealed class OptionException(OptionProblem problem) : Exception
{
    public OptionProblem Problem { get; } = problem;
}
#pragma warning restore CA1064, CA1032
