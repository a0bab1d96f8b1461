using System.Globalization;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>What an exit code and the first line of the output mean: sysexits.h, the way Postfix' pipe reads it (PX-1).</summary>
internal static partial class ExitCodes
{
    // A program that a signal ended has 128 and the signal as exit code.
    private const int Signals = 128;
    private const int MostSignals = 64;

    private static readonly Dictionary<int, (EnhancedStatusCode Code, string Text)> Known = new()
    {
        [67] = (new(5, 1, 1), "There is no such recipient."),
        [68] = (new(5, 1, 2), "The recipient's system is not known."),
        [71] = (new(4, 3, 0), "The program that delivers to the recipient met an error of its system."),
        [74] = (new(4, 3, 0), "The program that delivers to the recipient could not read or write."),
        [75] = (new(4, 3, 0), "The program that delivers to the recipient asks to be tried again later."),
        [77] = (new(5, 7, 0), "The program that delivers to the recipient may not do so."),
        [78] = (new(4, 3, 5), "The program that delivers to the recipient is not configured rightly."),
    };

    /// <summary>The outcome for each recipient of a call.</summary>
    public static Func<EnvelopeRecipient, RecipientOutcome> Outcome(int exitCode, string firstLine, ProcessSuccess success)
    {
        if (StatusLine().Match(firstLine) is { Success: true } match && EnhancedStatusCode.TryParse(match.Groups[1].Value, out var code))
        {
            var said = CleanText.Line(match.Groups[2].Value);
            return Outcome(code, said.Length > 0 ? said : "The recipient's system gave no reason.", CleanText.Line(firstLine));
        }
        if (exitCode == 0)
            return success == ProcessSuccess.Relayed ? RecipientOutcome.Relayed : RecipientOutcome.Delivered;
        var line = CleanText.Line(firstLine, 300);
        var diagnostic = string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}{(line.Length > 0 ? ": " : "")}{line}");
        if (exitCode is > Signals and <= Signals + MostSignals)
            return Outcome(
                new(4, 3, 0), "The program that delivers to the recipient was ended by a signal.",
                string.Create(CultureInfo.InvariantCulture, $"signal {exitCode - Signals}{(line.Length > 0 ? ": " : "")}{line}"));
        var (status, text) = Known.GetValueOrDefault(
            exitCode, (new(5, 3, 0), "The program that delivers to the recipient refused the message."));
        return Outcome(status, text, diagnostic);
    }

    private static Func<EnvelopeRecipient, RecipientOutcome> Outcome(
        EnhancedStatusCode code, string text, string diagnostic) => recipient =>
        (code.Class == 4 ? RecipientOutcome.Deferred(recipient, code, text) : RecipientOutcome.Failed(recipient, code, text)) with
        {
            Diagnostic = new("x-process", diagnostic),
        };

    [GeneratedRegex(@"^([45]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+(.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex StatusLine();
}
