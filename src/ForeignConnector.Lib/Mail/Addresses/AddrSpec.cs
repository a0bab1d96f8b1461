using System.Buffers;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// Reads one address with the obsolete syntax of RFC 5322, section 4.4: blanks, folds and comments around its parts, local parts of several
/// words. The result is the address as it was written, without those: the domain keeps its notation, an A-label stays one (PU-6).
/// </summary>
internal ref struct AddrSpec
{
    // What ends a word or a label: the specials of RFC 5322, blanks and control characters. All octets beyond ASCII are letters (RFC 6532).
    private static readonly SearchValues<byte> EndsAtom = SearchValues.Create(
        [.. "()<>[]:;@\\,\". \x7f"u8, .. Enumerable.Range(0, 32).Select(octet => (byte)octet)]);

    private readonly ReadOnlySpan<byte> _octets;
    private int _position;

    private AddrSpec(ReadOnlySpan<byte> octets, int position)
    {
        _octets = octets;
        _position = position;
    }

    private readonly bool IsAtEnd => _position >= _octets.Length;

    /// <summary>Reads the address that begins at a place. Whether it can stand in an envelope is not looked at.</summary>
    /// <param name="octets">The field's value.</param>
    /// <param name="position">Where to begin, after blanks; behind the address afterwards, or as it was when there is none.</param>
    /// <param name="address">The address as octets, mostly of UTF-8.</param>
    public static bool TryRead(ReadOnlySpan<byte> octets, ref int position, out byte[] address)
    {
        var reader = new AddrSpec(octets, position);
        address = [];
        if (reader.ReadLocalPart() is not { } local || reader.ReadDomain() is not { } domain)
            return false;
        position = reader._position;
        address = [.. local, (byte)'@', .. domain];
        return true;
    }

    // Words and dots in any order, but no two words side by side; null when no '@' follows. The position is behind that.
    private byte[]? ReadLocalPart()
    {
        var text = new ArrayBufferWriter<byte>();
        var (words, isQuoted, afterWord) = (0, false, false);
        var begin = _position;
        var end = begin;
        while (!IsAtEnd && _octets[_position] != '@')
        {
            if (_octets[_position] == '.')
            {
                text.Write("."u8);
                afterWord = false;
                _position++;
            }
            else
            {
                if (afterWord || !ReadWord(text, ref isQuoted))
                    return null;
                afterWord = true;
                words++;
            }
            end = _position;
            _position = CommentedBlanks.Skip(_octets, _position);
        }
        if (IsAtEnd || end == begin)
            return null;
        _position++;
        return !isQuoted ? text.WrittenSpan.ToArray()
            : words == 1 && _octets[begin] == '"' && _octets[end - 1] == '"' ? CommentedBlanks.Unfold(_octets[begin..end])
            : Quoted(text.WrittenSpan);
    }

    // What the word says, without quotes and backslashes.
    private bool ReadWord(ArrayBufferWriter<byte> text, ref bool isQuoted)
    {
        var length = _octets[_position] == '"' ? CommentedBlanks.QuotedLength(_octets[_position..]) : AtomLength();
        if (length == 0)
            return false;
        var word = _octets.Slice(_position, length);
        isQuoted |= word[0] == '"';
        text.Write(word[0] == '"' ? CommentedBlanks.Unquote(word) : word);
        _position += length;
        return true;
    }

    private readonly int AtomLength()
    {
        var length = _octets[_position..].IndexOfAny(EndsAtom);
        return length < 0 ? _octets.Length - _position : length;
    }

    // An address literal, or labels with a dot between each two. A dot behind the last is the root's, and left out. The position is behind
    // the last octet that counts.
    private byte[]? ReadDomain()
    {
        _position = CommentedBlanks.Skip(_octets, _position);
        if (!IsAtEnd && _octets[_position] == '[')
            return ReadLiteral();
        var domain = new ArrayBufferWriter<byte>();
        for (var at = _position; ;)
        {
            _position = at;
            if (IsAtEnd || AtomLength() is not (> 0 and var length))
                break;
            if (domain.WrittenCount > 0)
                domain.Write("."u8);
            domain.Write(_octets.Slice(_position, length));
            _position += length;
            at = CommentedBlanks.Skip(_octets, _position);
            if (at >= _octets.Length || _octets[at] != '.')
                break;
            _position = at + 1;
            at = CommentedBlanks.Skip(_octets, at + 1);
        }
        return domain.WrittenCount == 0 ? null : domain.WrittenSpan.ToArray();
    }

    private byte[]? ReadLiteral()
    {
        var length = CommentedBlanks.LiteralLength(_octets[_position..]);
        if (length == 0)
            return null;
        var literal = _octets.Slice(_position, length).ToArray();
        _position += length;
        return [.. literal.Where(octet => octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))];
    }

    // Several words of which one was quoted are one quoted string, where the text needs quotes at all (RFC 5321, section 4.1.2).
    private static byte[] Quoted(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && text[0] != '.' && text[^1] != '.' && text.IndexOf(".."u8) < 0 && IsAtoms(text))
            return text.ToArray();
        var quoted = new List<byte> { (byte)'"' };
        foreach (var octet in text)
        {
            if (octet is (byte)'"' or (byte)'\\')
                quoted.Add((byte)'\\');
            quoted.Add(octet);
        }
        return [.. quoted, (byte)'"'];
    }

    private static bool IsAtoms(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAny(EndsAtom) is >= 0 and var i)
        {
            if (text[i] != '.')
                return false;
            text = text[(i + 1)..];
        }
        return true;
    }
}
