using System.Text;
using ForeignConnector.Lib.Mail;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Intake;

/// <summary>The fields that intake adds in front of one message (PU-9, RP-3).</summary>
internal sealed class IntakeStamp(IntakeIdentity identity, SubmissionId id)
{
    public string Received(string from, string by) =>
        $"Received: from {from} by {by} with {identity.Product} id {identity.Version}; {DateUtils.FormatDate(id.AcceptedAt)}\r\n";

    /// <summary>The same on every attempt, because the key of the submission is (PU-4).</summary>
    public string MessageId() => $"Message-ID: {id.ToMessageId(identity.DefaultDomain)}\r\n";

    public string Date() => $"Date: {DateUtils.FormatDate(id.AcceptedAt)}\r\n";

    public string ServerName => identity.ServerName;

    public string Product => identity.Product;

    /// <summary>True for a Message-ID field that says nothing.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>True for a Date field that holds a date (RFC 5322, section 3.3).</summary>
    public static bool IsDate(ReadOnlySpan<byte> value) => DateUtils.TryParse(Encoding.Latin1.GetString(value), out _);
}
