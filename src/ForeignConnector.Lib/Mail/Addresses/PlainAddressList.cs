using System.Buffers;
using System.Text;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// Reads the address lists that most headers hold without building what nobody looks at: ASCII addr-specs between commas, plain or in angle
/// brackets behind a display name. Everything else (comments, groups, routes, quoted local parts, address literals, A-labels, 8-bit octets)
/// is left to <see cref="AddressListReader"/>, which reads the same addresses here, as MimeKit does.
/// </summary>
internal ref struct PlainAddressList
{
    private static readonly SearchValues<byte> Atom =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"u8);

    private static readonly SearchValues<byte> DotAtom =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."u8);

    private static readonly SearchValues<byte> Domain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."u8);

    // What a quoted display name may hold here: printable ASCII without the quote and the backslash.
    private static readonly SearchValues<byte> Quoted = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private readonly ReadOnlySpan<byte> _value;
    private int _position;

    private PlainAddressList(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Adds the addresses of a field to a list, in order.</summary>
    /// <returns>False, and nothing is added, when the value is not of the simple kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, List<string> addresses)
    {
        var before = addresses.Count;
        var list = new PlainAddressList(value);
        do
        {
            if (!list.TryReadMailbox(out var address))
            {
                addresses.RemoveRange(before, addresses.Count - before);
                return false;
            }
            addresses.Add(Encoding.ASCII.GetString(address));
        }
        while (list.Skip((byte)','));
        if (list._position == value.Length)
            return true;
        addresses.RemoveRange(before, addresses.Count - before);
        return false;
    }

    // addr-spec, or words and an addr-spec in angle brackets. Blanks behind it are skipped.
    private bool TryReadMailbox(out ReadOnlySpan<byte> address)
    {
        SkipBlanks();
        var isBare = TryReadAddress(out address);
        if (!isBare)
        {
            while (TrySkipWord())
                SkipBlanks();
            if (!Skip((byte)'<') || !TryReadAddress(out address) || !Skip((byte)'>'))
                return false;
        }
        SkipBlanks();
        return true;
    }

    // Leaves the position where it was when there is none.
    private bool TryReadAddress(out ReadOnlySpan<byte> address)
    {
        var rest = _value[_position..];
        address = default;
        var at = rest.IndexOfAnyExcept(DotAtom);
        if (at <= 0 || rest[at] != '@' || !AreLabels(rest[..at]))
            return false;
        var domain = rest[(at + 1)..];
        var length = domain.IndexOfAnyExcept(Domain);
        domain = length < 0 ? domain : domain[..length];
        if (!IsDomain(domain) || HoldsALabel(domain))
            return false;
        address = rest[..(at + 1 + domain.Length)];
        _position += address.Length;
        return true;
    }

    private bool TrySkipWord()
    {
        var rest = _value[_position..];
        if (rest is [(byte)'"', ..])
        {
            var length = rest[1..].IndexOfAnyExcept(Quoted);
            if (length < 0 || rest[1 + length] != '"')
                return false;
            _position += length + 2;
            return true;
        }
        var end = rest.IndexOfAnyExcept(Atom);
        if (end <= 0)
            return false;
        _position += end;
        return true;
    }

    private bool Skip(byte octet)
    {
        if (_position >= _value.Length || _value[_position] != octet)
            return false;
        _position++;
        return true;
    }

    // A fold is a blank; a bare CR is not.
    private void SkipBlanks()
    {
        while (_position < _value.Length)
        {
            if (_value[_position] is (byte)' ' or (byte)'\t' or (byte)'\n')
                _position++;
            else if (_value[_position..] is [(byte)'\r', (byte)'\n', ..])
                _position += 2;
            else
                return;
        }
    }

    private static bool AreLabels(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && text[0] != '.' && text[^1] != '.' && text.IndexOf(".."u8) < 0;

    // As DomainLabels.Problem has it.
    private static bool IsDomain(ReadOnlySpan<byte> text)
    {
        if (text.Length > DomainLabels.MaxLength)
            return false;
        foreach (var range in text.Split((byte)'.'))
        {
            if (text[range].Length is 0 or > DomainLabels.MaxLabelLength)
                return false;
        }
        return true;
    }

    // xn--: MimeKit shows what it stands for.
    private static bool HoldsALabel(ReadOnlySpan<byte> domain)
    {
        for (var i = 0; domain[i..].IndexOf("--"u8) is >= 0 and var dashes; i += dashes + 2)
        {
            var begin = i + dashes - 2;
            if (begin >= 0 && (begin == 0 || domain[begin - 1] == '.') && Ascii.EqualsIgnoreCase(domain.Slice(begin, 2), "xn"u8))
                return true;
        }
        return false;
    }
}
