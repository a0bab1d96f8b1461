using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake;

/// <summary>The fields that intake adds in front of one message (PU-9, RP-3).</summary>
internal sealed class IntakeStamp(IntakeIdentity identity, SubmissionId id)
{
    public string Received(string from, string by) =>
        $"Received: from {from} by {by} with {identity.Product} id {identity.Version}; {AcceptedAt}\r\n";

    /// <summary>The same on every attempt, because the key of the submission is (PU-4).</summary>
    public string MessageId() => $"Message-ID: {id.ToMessageId(identity.DefaultDomain)}\r\n";

    public string Date() => $"Date: {AcceptedAt}\r\n";

    public string ServerName => identity.ServerName;

    public string Product => identity.Product;

    // RFC 5322, section 3.3; the zone of "R" is obsolete there.
    private string AcceptedAt => string.Concat(id.AcceptedAt.UtcDateTime.ToString("R").AsSpan()[..^"GMT".Length], "+0000");

    /// <summary>True for a Message-ID field that says nothing.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8).IsEmpty;
}
