using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Outcomes;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Reports;

/// <summary>
/// The message/delivery-status part (RFC 3464, section 2): a group about the message, then one for each recipient. Lines of printable
/// ASCII, whatever the envelope holds, so that no value can begin a field of its own.
/// </summary>
internal sealed class DeliveryStatusFields
{
    // RFC 3464 demands a recipient where a file names none that could be trusted; x- types are free for such use.
    private const string NoRecipient = "x-unknown; undisclosed-recipients";

    private readonly StringBuilder _fields = new();

    /// <summary>Writes the part.</summary>
    /// <param name="report">What happened.</param>
    /// <param name="due">The recipients to report; empty for a message refused as a whole.</param>
    /// <param name="whole">For a message refused as a whole, why.</param>
    /// <param name="serverName">The Reporting-MTA.</param>
    public static string Write(SenderReport report, IEnumerable<RecipientOutcome> due, ReportCause? whole, string serverName)
    {
        var part = new DeliveryStatusFields();
        part.Add("Reporting-MTA", $"dns; {InertText.Field(serverName)}");
        if (report.EnvelopeId is { Length: > 0 } id)
            part.Add("Original-Envelope-Id", Encoded(id));
        part.Add("Arrival-Date", DateUtils.FormatDate(report.Id.AcceptedAt));
        if (whole is not null)
            part.AddGroup(report, NoRecipient, null, whole.Status, DiagnosticCode.Smtp(whole.Diagnostic), remoteHost: null);
        foreach (var outcome in due)
        {
            part.AddGroup(
                report, Typed("rfc822", outcome.Recipient.Address), outcome.Recipient.OriginalRecipient, outcome.Status,
                outcome.Diagnostic ?? DiagnosticCode.Smtp(DeliveryStatus.DiagnosticFor(outcome.Status, outcome.Text)), outcome.RemoteHost);
        }
        return part._fields.ToString();
    }

    private void AddGroup(
        SenderReport report, string recipient, OriginalRecipient? original, EnhancedStatusCode status, DiagnosticCode diagnostic,
        string? remoteHost)
    {
        _fields.Append("\r\n");
        if (original is not null)
            Add("Original-Recipient", Typed(original.Type, original.Address));
        Add("Final-Recipient", recipient);
        Add("Action", report.Kind switch
        {
            SenderReportKind.Delayed => "delayed",
            SenderReportKind.Relayed => "relayed",
            SenderReportKind.Delivered => "delivered",
            _ => "failed",
        });
        Add("Status", status.ToString());
        if (remoteHost is not null)
            Add("Remote-MTA", $"dns; {InertText.Field(remoteHost)}");
        // Nothing went wrong where the class is 2: there is nothing to diagnose.
        if (status.Class != 2)
            Add("Diagnostic-Code", $"{diagnostic.Type}; {InertText.Field(diagnostic.Text)}");
        if (report.Kind == SenderReportKind.Delayed && report.WillRetryUntil is { } until)
            Add("Will-Retry-Until", DateUtils.FormatDate(until));
    }

    private void Add(string name, string value) => _fields.Append(name).Append(": ").Append(value).Append("\r\n");

    // An address beyond ASCII has a type of its own, and a form in ASCII (RFC 6533, section 3).
    private static string Typed(string type, string address)
    {
        if (InertText.IsField(address))
            return $"{type}; {address}";
        return type.Equals("rfc822", StringComparison.OrdinalIgnoreCase) || type.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? $"utf-8; {InertText.Field(Utf8Address(address))}"
            : $"{type}; {Encoded(address)}";
    }

    private static string Utf8Address(string address)
    {
        var text = new StringBuilder(address.Length + 16);
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.Value is > ' ' and <= '~' and not ('\\' or '+' or '='))
                text.Append((char)rune.Value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }
        return text.ToString();
    }

    // ENVID and ORCPT go back decoded (RFC 3461, sections 4.2 and 4.4). What is not printable ASCII, which they forbid, goes back as the
    // xtext it came in.
    private static string Encoded(string value)
    {
        if (InertText.IsField(value))
            return value;
        var octets = Encoding.UTF8.GetBytes(value);
        var xtext = new byte[Xtext.MaxLength(octets.Length)];
        return InertText.Field(Encoding.ASCII.GetString(xtext, 0, Xtext.Encode(octets, xtext)));
    }
}
