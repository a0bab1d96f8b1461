using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;
using MimeKit.Utils;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>What the record keeps of a message's header. Empty where the message has no such field, or cannot be read any more.</summary>
/// <param name="MessageId">With its angle brackets.</param>
/// <param name="Subject">Decoded; empty unless asked for.</param>
/// <param name="Author">The address in Sender, or else the first in From.</param>
internal readonly record struct HeaderExcerpt(string MessageId, string Subject, string Author)
{
    // A field further down is not worth holding up the delivery for.
    private const int Limit = 64 << 10;
    private const int Step = 8 << 10;

    private static readonly HeaderExcerpt None = new("", "", "");

    public static HeaderExcerpt Read(MessageContent? content, bool withSubject)
    {
        if (content is null)
            return None;
        if (content.TryGetOctets(out var octets))
            return Read(octets.Span, withSubject);
        var buffer = ArrayPool<byte>.Shared.Rent(Limit);
        try
        {
            using var stream = content.OpenRead();
            return Read(buffer.AsSpan(0, Fill(stream, buffer)), withSubject);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Fill(Stream stream, byte[] buffer)
    {
        var filled = 0;
        while (filled < Limit)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(filled, Step), Step, throwOnEndOfStream: false);
            filled += read;
            var octets = buffer.AsSpan(0, filled);
            if (read < Step || octets.IndexOf("\n\r\n"u8) >= 0 || octets.IndexOf("\n\n"u8) >= 0)
                break;
        }
        return filled;
    }

    private static HeaderExcerpt Read(ReadOnlySpan<byte> octets, bool withSubject)
    {
        var (id, subject, from, sender) = ("", "", "", "");
        var scanner = new HeaderScanner(octets);
        while (scanner.TryRead(out var field))
        {
            if (field.Is(octets, "Message-ID"u8))
                id = Text(field.Value(octets));
            else if (withSubject && field.Is(octets, "Subject"u8))
                subject = Unfold(Rfc2047.DecodeText(field.Value(octets).ToArray()));
            else if (field.Is(octets, "From"u8))
                from = Address(field.Value(octets));
            else if (field.Is(octets, "Sender"u8))
                sender = Address(field.Value(octets));
        }
        return new HeaderExcerpt(id, subject, sender.Length > 0 ? sender : from);
    }

    private static string Text(ReadOnlySpan<byte> value) => Unfold(Encoding.UTF8.GetString(value));

    private static string Unfold(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // The first that can be read.
    private static string Address(ReadOnlySpan<byte> value)
    {
        var addresses = new List<ListedAddress>();
        AddressListReader.Read(value, addresses);
        return addresses.Where(address => address.Problem is null).Select(address => address.Text).FirstOrDefault("");
    }
}
