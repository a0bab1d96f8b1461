using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>Messages that can be recognised wherever they lie, and of which nothing can be missing without being seen.</summary>
internal static partial class TestMail
{
    /// <summary>A message as an application composes it, without Message-ID.</summary>
    public static byte[] Composed(int number, params string[] recipients) =>
        Encoding.ASCII.GetBytes($"From: s@x.test\r\nTo: {string.Join(", ", recipients)}\r\nSubject: message {number}\r\n\r\n{Body(number)}");

    /// <summary>The same as a submission.</summary>
    public static MailItem Item(int number, params string[] recipients) => new(
        new SubmissionId(new DateTimeOffset(2026, 1, 31, 0, 0, number, TimeSpan.Zero), (UInt128)(uint)number),
        new MailEnvelope("s@x.test", recipients.Select(address => new EnvelopeRecipient(address))),
        MessageContent.FromOctets(Composed(number, recipients)));

    /// <summary>The number of a complete message; null for anything else.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        var subject = Subject().Match(text);
        return subject.Success && int.Parse(subject.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var number
            && text.EndsWith("\r\n\r\n" + Body(number), StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal) ? number : null;
    }

    /// <summary>The number of a complete message in the form of a Drop directory, by which recipients and under which Message-ID; null for anything else.</summary>
    public static (int Number, string Receivers, string MessageId)? Dropped(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        return text.StartsWith("X-Sender: <s@x.test>", StringComparison.Ordinal) && text.Contains("\r\nX-EndOfInjectedXHeaders:", StringComparison.Ordinal) && NumberOf(octets) is { } number
            ? (number, string.Join(' ', Receiver().Matches(text).Select(match => match.Groups[1].Value)), MessageId().Match(text).Groups[1].Value)
            : null;
    }

    private static string Body(int number) => $"body of {number}\r\n{new string((char)('a' + number), 200)}\r\nend of {number}\r\n";

    [GeneratedRegex(@"\r\nSubject: message (\d+)\r\n")]
    private static partial Regex Subject();

    [GeneratedRegex(@"\r\nX-Receiver: <([^>]+)>")]
    private static partial Regex Receiver();

    [GeneratedRegex(@"\r\nMessage-ID: (\S+)\r\n")]
    private static partial Regex MessageId();
}
