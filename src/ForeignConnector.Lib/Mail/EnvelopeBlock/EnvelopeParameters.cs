using System.Collections.Immutable;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Lists of parameters inside an envelope: none is known to the field they belong to, and those after a semicolon come last, as in a file.</summary>
internal static class EnvelopeParameters
{
    public static ImmutableArray<EnvelopeParameter> Check(ImmutableArray<EnvelopeParameter> parameters, string[] known)
    {
        if (parameters.IsDefaultOrEmpty)
            return [];
        var sorted = true;
        for (var i = 0; i < parameters.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(parameters[i], nameof(parameters));
            if (known.Contains(parameters[i].Keyword, StringComparer.OrdinalIgnoreCase))
                throw new MailFormatException("EN-8", $"'{parameters[i].Keyword}' has a property of its own and cannot be an extension parameter");
            sorted &= i == 0 || parameters[i].AfterSemicolon || !parameters[i - 1].AfterSemicolon;
        }
        return sorted ? parameters : [.. parameters.OrderBy(parameter => parameter.AfterSemicolon)];
    }
}
