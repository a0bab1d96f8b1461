using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// Writes an envelope as the X-header block of a Drop or Replay file. Pure: an envelope in, octets out. A line that would be longer than
/// 998 octets (RFC 5322, section 2.1.1) is folded before a blank; since unfolding only takes line ends away, a fold never changes what is
/// read.
/// </summary>
internal ref struct EnvelopeBlockWriter
{
    private const int LongestLine = 998;

    private byte[] _octets;
    private int _length;
    private int _lineStart;
    private int _foldAt;

    private EnvelopeBlockWriter(int size) => _octets = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>
    /// Writes the whole block in the order of EN, line ends CRLF, one line per field unless it is longer than 998 octets or an extension
    /// value is folded. Fields that say no more than their absence are left out (EN-9). What is written reads back equal (EN-8).
    /// </summary>
    public static void Write(MailEnvelope envelope, IBufferWriter<byte> output)
    {
        var block = new EnvelopeBlockWriter(1024);
        block.WriteSender(envelope);
        foreach (var recipient in envelope.Recipients)
            block.WriteRecipient(recipient);
        block.WriteOrigin(envelope);
        var length = block._length;
        block.Append(InjectedName.End.Prefix());
        block.Append(length);
        block.EndField();
        output.Write(block.Written);
        ArrayPool<byte>.Shared.Return(block._octets);
    }

    private void WriteSender(MailEnvelope envelope)
    {
        BeginAddress(InjectedName.Sender, envelope.Sender);
        if (envelope.Body != BodyType.Unspecified)
            WriteParameter(EnvelopeKeywords.Body, TextOf(EnvelopeKeywords.Bodies, envelope.Body));
        if (envelope.Return != DsnReturn.Unspecified)
            WriteParameter(EnvelopeKeywords.Ret, TextOf(EnvelopeKeywords.Returns, envelope.Return));
        if (envelope.EnvelopeId is { } id)
        {
            WriteParameter(EnvelopeKeywords.EnvId, "");
            AppendXtext(id);
        }
        if (envelope.Auth is { } auth)
            WriteParameter(EnvelopeKeywords.Auth, auth);
        EndAddress(envelope.ExtensionParameters);
    }

    private void WriteRecipient(EnvelopeRecipient recipient)
    {
        BeginAddress(InjectedName.Receiver, recipient.Address);
        if (recipient.Notify != DsnNotify.Unspecified)
            WriteNotify(recipient.Notify);
        if (recipient.OriginalRecipient is { } original)
        {
            WriteParameter(EnvelopeKeywords.Orcpt, original.Type);
            Append(";"u8);
            AppendXtext(original.Address);
        }
        EndAddress(recipient.ExtensionParameters);
    }

    private void WriteNotify(DsnNotify notify)
    {
        WriteParameter(EnvelopeKeywords.Notify, "");
        var separator = "";
        foreach (var (text, value) in EnvelopeKeywords.Notifies)
        {
            if (!notify.HasFlag(value))
                continue;
            Append(separator);
            Append(text);
            separator = ",";
        }
    }

    private void WriteOrigin(MailEnvelope envelope)
    {
        WriteField(InjectedName.CreatedBy, envelope.CreatedBy);
        if (envelope.HeloDomain is { } domain)
            WriteField(InjectedName.HeloDomain, domain);
        if (envelope.ExtendedProps is { } props)
            WriteField(InjectedName.ExtendedProps, props, foldAlways: true);
        if (envelope.ExtendedMessageProps is { } messageProps)
            WriteField(InjectedName.ExtendedMessageProps, messageProps, foldAlways: true);
        if (envelope.Source != MailEnvelope.ReplaySource)
            WriteField(InjectedName.Source, envelope.Source);
        if (!envelope.SourceIPAddress.Equals(IPAddress.Any))
            WriteField(InjectedName.SourceIPAddress, envelope.SourceIPAddress.ToString());
    }

    private void WriteField(InjectedName name, string value, bool foldAlways = false)
    {
        Append(name.Prefix());
        AppendFolded(value, foldAlways);
        EndField();
    }

    private void BeginAddress(InjectedName name, string address)
    {
        Append(name.Prefix());
        Append("<"u8);
        Append(address);
        Append(">"u8);
    }

    private void WriteParameter(string keyword, string? value)
    {
        AppendBlank();
        Append(keyword);
        if (value is null)
            return;
        Append("="u8);
        AppendFolded(value, always: true);
    }

    private void EndAddress(ImmutableArray<EnvelopeParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.AfterSemicolon)
                Append(";"u8);
            WriteParameter(parameter.Keyword, parameter.Value);
        }
        EndField();
    }

    private static string TextOf<T>((string Text, T Value)[] table, T value)
        where T : struct, Enum
    {
        foreach (var (text, candidate) in table)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return text;
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, message: null);
    }

    private readonly ReadOnlySpan<byte> Written => _octets.AsSpan(0, _length);

    private void EndField()
    {
        FoldLongLine();
        AppendLineEnd();
    }

    /// <summary>A blank between parameters, where the line may be folded.</summary>
    private void AppendBlank()
    {
        MarkFold();
        Append(" "u8);
    }

    /// <summary>Octets that need no conversion: cheaper than text by the call of an encoder.</summary>
    private void Append(ReadOnlySpan<byte> octets)
    {
        Reserve(octets.Length);
        octets.CopyTo(_octets.AsSpan(_length));
        _length += octets.Length;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _octets.AsSpan(_length));
    }

    private void Append(int number)
    {
        const int longest = 11;
        Reserve(longest);
        number.TryFormat(_octets.AsSpan(_length), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
    }

    private void AppendXtext(string text)
    {
        var octets = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var count = Encoding.UTF8.GetBytes(text, octets);
        Reserve(Xtext.MaxLength(count));
        _length += Xtext.Encode(octets.AsSpan(0, count), _octets.AsSpan(_length));
        ArrayPool<byte>.Shared.Return(octets);
    }

    /// <summary>
    /// Text whose blanks are places to fold: all of them when <paramref name="always"/> (EN-4), otherwise where the line is too long.
    /// </summary>
    private void AppendFolded(ReadOnlySpan<char> text, bool always)
    {
        while (text.IndexOfAny(' ', '\t') is >= 0 and var blank)
        {
            Append(text[..blank]);
            text = text[blank..];
            if (always)
                EndField();
            else
                MarkFold();
            var run = text.IndexOfAnyExcept(' ', '\t');
            Append(text[..run]);
            text = text[run..];
        }
        Append(text);
    }

    private void MarkFold()
    {
        FoldLongLine();
        _foldAt = _length;
    }

    private void FoldLongLine()
    {
        if (_length - _lineStart <= LongestLine || _foldAt <= _lineStart)
            return;
        Reserve(2);
        _octets.AsSpan(_foldAt, _length - _foldAt).CopyTo(_octets.AsSpan(_foldAt + 2));
        "\r\n"u8.CopyTo(_octets.AsSpan(_foldAt));
        _length += 2;
        _lineStart = _foldAt + 2;
    }

    private void AppendLineEnd()
    {
        Append("\r\n"u8);
        _lineStart = _length;
    }

    private void Reserve(int count)
    {
        if (_octets.Length - _length >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, _octets.Length * 2));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
    }
}
