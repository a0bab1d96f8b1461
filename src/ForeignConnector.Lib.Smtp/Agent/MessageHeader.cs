using System.Buffers;
using System.Text;
using System.Text.Unicode;
using ForeignConnector.Lib.Mail;
using MimeKit;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>The header of a message in which something is not ASCII.</summary>
internal static class MessageHeader
{
    // Larger ones are not accepted by the transport.
    private const int Ceiling = 16 << 20;

    private static readonly FormatOptions Plain = CreateFormat();

    /// <summary>Reads the header, its blank line included; null when it has no end within reason.</summary>
    public static async ValueTask<byte[]?> ReadAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var stream = content.OpenRead();
        await using var _ = stream.ConfigureAwait(false);
        var header = new ArrayBufferWriter<byte>();
        while (header.WrittenCount < Ceiling)
        {
            var read = await stream.ReadAsync(header.GetMemory(8 << 10), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return header.WrittenSpan.ToArray();
            var from = Math.Max(0, header.WrittenCount - 3);
            header.Advance(read);
            if (header.WrittenSpan[from..].IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                return header.WrittenSpan[..(from + end + 4)].ToArray();
        }
        return null;
    }

    /// <summary>True when it is in UTF-8, and not in ASCII: that needs SMTPUTF8 (RFC 6532).</summary>
    public static bool IsInternational(ReadOnlySpan<byte> header) => !Ascii.IsValid(header) && Utf8.IsValid(header);

    /// <summary>The same header in ASCII: fields that are not are encoded (RFC 2047), all others stay as they are.</summary>
    /// <returns>Null when that cannot be done: an address has no other form.</returns>
    public static byte[]? ToAscii(ReadOnlySpan<byte> header)
    {
        var output = new ArrayBufferWriter<byte>(header.Length + 256);
        while (!header.IsEmpty)
        {
            var field = header[..FieldEnd(header)];
            header = header[field.Length..];
            if (Ascii.IsValid(field))
                output.Write(field);
            else if (Encode(field) is { } encoded)
                output.Write(encoded);
            else
                return null;
        }
        return output.WrittenSpan.ToArray();
    }

    private static int FieldEnd(ReadOnlySpan<byte> header)
    {
        var end = 0;
        while (header[end..].IndexOf((byte)'\n') is >= 0 and var lf)
        {
            end += lf + 1;
            if (end == header.Length || header[end] is not ((byte)' ' or (byte)'\t'))
                return end;
        }
        return header.Length;
    }

    private static byte[]? Encode(ReadOnlySpan<byte> field)
    {
        if (!Header.TryParse(field.ToArray(), out var header) || NamesInternationalAddress(header))
            return null;
        header.SetValue(Plain, Encoding.UTF8, header.Value);
        var encoded = Encoding.UTF8.GetBytes(header.Field + ":").Concat(header.RawValue).ToArray();
        return Ascii.IsValid(encoded) && encoded is [.., (byte)'\r', (byte)'\n'] ? encoded : null;
    }

    // The name of a mailbox and its domain have another form, the local part has none (RFC 6531, 3.2).
    private static bool NamesInternationalAddress(Header header) =>
        header.Id is HeaderId.From or HeaderId.Sender or HeaderId.ReplyTo or HeaderId.To or HeaderId.Cc or HeaderId.Bcc
            or HeaderId.ResentFrom or HeaderId.ResentSender or HeaderId.ResentReplyTo or HeaderId.ResentTo or HeaderId.ResentCc
            or HeaderId.ResentBcc or HeaderId.DispositionNotificationTo
        && (!InternetAddressList.TryParse(header.RawValue, out var addresses)
            || addresses.Mailboxes.Any(mailbox => !Ascii.IsValid(LocalPart(mailbox.Address))));

    private static ReadOnlySpan<char> LocalPart(string address) => address.AsSpan(0, Math.Max(0, address.LastIndexOf('@')));

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
