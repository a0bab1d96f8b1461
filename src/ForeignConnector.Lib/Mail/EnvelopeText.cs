using System.Text;

namespace ForeignConnector.Lib.Mail;

/// <summary>What text of an envelope must satisfy to be written to a header and read back equal (EN-7, EN-8).</summary>
internal static class EnvelopeText
{
    /// <summary>UTF-8 that throws instead of replacing.</summary>
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses CR, LF, NUL and halves of surrogate pairs.</summary>
    public static string Writable(string value, string what) => Problem(value, what) is { } problem ? throw problem : value;

    /// <summary>Why text must not be written (EN-7); null when it may be.</summary>
    public static MailFormatException? Problem(string value, string what)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') is >= 0 and var bad)
            return new MailFormatException("EN-7", $"{what} must not contain CR, LF or NUL", bad);
        var rest = value.AsSpan();
        while (rest.IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(rest[at..], out _, out var used) != System.Buffers.OperationStatus.Done)
                return new MailFormatException(
                    "EN-7", $"{what} holds half a surrogate pair, which no octets stand for", value.Length - rest.Length + at);
            rest = rest[(at + used)..];
        }
        return null;
    }

    /// <summary>The value of a whole field: as <see cref="Writable"/>, not empty, and no blank at either end, where a reader could not see
    /// it.</summary>
    public static string FieldValue(string value, string what)
    {
        Writable(value, what);
        if (value.Length == 0)
            throw new MailFormatException("EN-6", $"{what} must not be empty");
        return IsBlank(value[0]) || IsBlank(value[^1])
            ? throw new MailFormatException("EN-8", $"{what} must not begin or end with a blank")
            : value;
    }

    public static bool IsBlank(char c) => c is ' ' or '\t';

    /// <summary>Strict UTF-8 (EN-3).</summary>
    public static string Decode(ReadOnlySpan<byte> octets, string what, long position)
    {
        try
        {
            return StrictUtf8.GetString(octets);
        }
        catch (DecoderFallbackException e)
        {
            throw new MailFormatException("EN-3", $"{what} is not UTF-8", position + Math.Max(e.Index, 0));
        }
    }
}
