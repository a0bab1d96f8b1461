using System.Buffers;
using System.Globalization;
using System.Text;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// Collects header fields as octets in a pooled buffer. A line that would be longer than 998 octets (RFC 5322, section 2.1.1) is folded
/// before a blank; since unfolding only takes line ends away, a fold never changes what is read.
/// </summary>
internal ref struct FieldBuffer
{
    private const int LongestLine = 998;

    private byte[] _octets;
    private int _length;
    private int _lineStart;
    private int _foldAt;

    public FieldBuffer() => _octets = ArrayPool<byte>.Shared.Rent(1024);

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _octets.AsSpan(0, _length);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_octets);

    public void EndField()
    {
        FoldLongLine();
        AppendLineEnd();
    }

    /// <summary>A blank between parameters, where the line may be folded.</summary>
    public void AppendBlank()
    {
        MarkFold();
        Append(" "u8);
    }

    /// <summary>Octets that need no conversion: cheaper than text by the call of an encoder.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        Reserve(octets.Length);
        octets.CopyTo(_octets.AsSpan(_length));
        _length += octets.Length;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _octets.AsSpan(_length));
    }

    public void Append(int number)
    {
        const int longest = 11;
        Reserve(longest);
        number.TryFormat(_octets.AsSpan(_length), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
    }

    public void AppendXtext(string text)
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
    public void AppendFolded(ReadOnlySpan<char> text, bool always)
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
