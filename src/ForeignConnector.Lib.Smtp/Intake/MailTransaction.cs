using System.Globalization;
using System.Net;
using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>One message on its way in: MAIL and RCPT, each with its reply, and the envelope that they make.</summary>
internal sealed class MailTransaction
{
    private readonly SmtpIntakeOptions _options;
    private readonly ProtocolIntake _intake;
    private readonly string _defaultDomain;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<EnvelopeRecipient> _recipients = [];
    private readonly string _sender;
    private readonly SmtpPath _path;
    private readonly string? _envelopeId;
    private readonly long _size;

    private MailTransaction(
        SmtpIntakeOptions options, ProtocolIntake intake, string defaultDomain, SmtpPath path, string sender, string? envelopeId,
        long size) =>
        (_options, _intake, _defaultDomain, _path, _sender, _envelopeId, _size) =
            (options, intake, defaultDomain, path, sender, envelopeId, size);

    public bool HasRecipients => _recipients.Count > 0;

    public bool IsUtf8 => _path.Parameters.ContainsKey("SMTPUTF8");

    /// <summary>Begins with MAIL.</summary>
    /// <returns>The transaction, or the reply that says why there is none.</returns>
    public static (MailTransaction? Transaction, string Reply) Begin(
        SmtpIntakeOptions options, ProtocolIntake intake, string defaultDomain, SmtpPath? path)
    {
        if (path is null)
            return (null, "501 5.5.4 MAIL FROM:<address> is what is understood");
        if (path.Parameters.Keys.FirstOrDefault(
            key => key is not ("SIZE" or "BODY" or "SMTPUTF8" or "RET" or "ENVID" or "AUTH")) is { } other)
            return (null, $"555 5.5.4 the parameter {Printable(other)} is not offered");
        var size = 0L;
        if (path["SIZE"] is { } octets && !long.TryParse(octets, NumberStyles.None, CultureInfo.InvariantCulture, out size))
            return (null, "501 5.5.4 SIZE is a number");
        if (path["BODY"]?.ToUpperInvariant() is not (null or "7BIT" or "8BITMIME"))
            return (null, "501 5.5.4 BODY is 7BIT or 8BITMIME");
        if (path["RET"]?.ToUpperInvariant() is not (null or "FULL" or "HDRS"))
            return (null, "501 5.5.4 RET is FULL or HDRS");
        var envelopeId = path["ENVID"] is { } xtext ? SmtpPath.DecodeXtext(xtext) : null;
        if (path.Parameters.ContainsKey("ENVID") && envelopeId is not { Length: > 0 and <= 100 })
            return (null, "501 5.5.4 ENVID is not well-formed");
        if (size > options.MaxMessageSize.Octets)
            return (null, $"552 5.3.4 messages have at most {options.MaxMessageSize.Octets} octets");
        if (!intake.Gate.HasRoomFor(size))
            return (null, "452 4.3.1 no room for a message of that size now");
        var sender = Complete(path.Address, defaultDomain);
        if (sender.Length > 0 && Problem(sender, path.Parameters.ContainsKey("SMTPUTF8")) is { } problem)
            return (null, problem);
        try
        {
            _ = new MailEnvelope(sender, [new EnvelopeRecipient("postmaster@localhost")]) { EnvelopeId = envelopeId };
        }
        catch (MailFormatException)
        {
            return (null, "501 5.5.4 ENVID cannot be kept");
        }
        return (new MailTransaction(options, intake, defaultDomain, path, sender, envelopeId, size), "250 2.1.0 sender noted");
    }

    /// <summary>Adds a recipient, if it may be one. The reply says which.</summary>
    public string Add(SmtpPath? path)
    {
        if (path is null || path.Address.Length == 0)
            return "501 5.5.4 RCPT TO:<address> is what is understood";
        if (path.Parameters.Keys.FirstOrDefault(key => key is not ("NOTIFY" or "ORCPT")) is { } other)
            return $"555 5.5.4 the parameter {Printable(other)} is not offered";
        var address = Complete(path.Address, _defaultDomain);
        if (Problem(address, IsUtf8) is { } problem)
            return problem;
        if (Notify(path) is not { } notify)
            return "501 5.5.4 NOTIFY is NEVER, or any of SUCCESS, FAILURE and DELAY";
        OriginalRecipient? original = null;
        if (path.Parameters.ContainsKey("ORCPT") && (original = Original(path["ORCPT"])) is null)
            return "501 5.5.4 ORCPT is not well-formed";
        if (_recipients.Count >= _options.MaxRecipientsPerMessage)
            return $"452 4.5.3 a message has at most {_options.MaxRecipientsPerMessage} recipients; send it again for the others";
        if (_intake.Gate.Pace == IntakePace.Closed || !_intake.Gate.HasRoomFor(_size))
            return "452 4.3.1 this system takes no messages in now";
        var recipient = new EnvelopeRecipient(address) { Notify = notify, OriginalRecipient = original };
        if (_intake.ObjectionTo(recipient, _size) is { } objection)
            return Reply(objection);
        if (_seen.Add(address))
            _recipients.Add(recipient);
        return "250 2.1.5 recipient noted";
    }

    /// <summary>The envelope.</summary>
    public MailEnvelope ToEnvelope(string helo, IPAddress client) => new(_sender, _recipients)
    {
        Return = _path["RET"]?.ToUpperInvariant() switch { "FULL" => DsnReturn.Full, "HDRS" => DsnReturn.Hdrs, _ => DsnReturn.Unspecified },
        EnvelopeId = _envelopeId,
        Body = _path["BODY"]?.ToUpperInvariant() switch
        {
            "7BIT" => BodyType.SevenBit,
            "8BITMIME" => BodyType.EightBitMime,
            _ => BodyType.Unspecified,
        },
        ExtensionParameters = IsUtf8 ? [new("SMTPUTF8")] : [],
        HeloDomain = helo,
        Source = "SMTP",
        SourceIPAddress = client,
    };

    /// <summary>The reply for what stands against a recipient. Where no connector takes it, this system does not relay.</summary>
    public static string Reply(RecipientOutcome objection) => objection.Action == RecipientAction.Failed
        ? $"550 {objection.Status} {objection.Text}"
        : $"550 5.1.2 {DeliveryStatus.NoConnector.Text}";

    private static string Complete(string address, string defaultDomain) =>
        address.Equals("postmaster", StringComparison.OrdinalIgnoreCase) ? $"{address}@{defaultDomain}" : address;

    private static string? Problem(string address, bool isUtf8)
    {
        try
        {
            _ = new EnvelopeRecipient(address);
        }
        catch (MailFormatException)
        {
            return "553 5.1.3 the address is not well-formed";
        }
        return isUtf8 || Ascii.IsValid(address) ? null : "553 5.6.7 an address like this needs SMTPUTF8";
    }

    private static DsnNotify? Notify(SmtpPath path)
    {
        if (!path.Parameters.ContainsKey("NOTIFY"))
            return DsnNotify.Unspecified;
        var notify = DsnNotify.Unspecified;
        foreach (var word in (path["NOTIFY"] ?? "").ToUpperInvariant().Split(','))
        {
            var flag = word switch
            {
                "NEVER" => DsnNotify.Never,
                "SUCCESS" => DsnNotify.Success,
                "FAILURE" => DsnNotify.Failure,
                "DELAY" => DsnNotify.Delay,
                _ => DsnNotify.Unspecified,
            };
            if (flag == DsnNotify.Unspecified || (notify | flag) is var both && both.HasFlag(DsnNotify.Never) && both != DsnNotify.Never)
                return null;
            notify |= flag;
        }
        return notify;
    }

    private static OriginalRecipient? Original(string? text)
    {
        if (text?.IndexOf(';', StringComparison.Ordinal) is not (> 0 and var end)
            || SmtpPath.DecodeXtext(text[(end + 1)..]) is not { } address)
            return null;
        try
        {
            return new OriginalRecipient(text[..end], address);
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    private static string Printable(string text) => string.Concat(text.Take(40).Where(c => c is > ' ' and <= '~'));
}
