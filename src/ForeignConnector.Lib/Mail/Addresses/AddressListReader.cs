using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.Addresses;

/// <summary>
/// Reads a list of addresses as RFC 5322, section 4, demands and as people and programs write it (PU-5): empty elements, comments, groups,
/// routes, semicolons or nothing between addresses, commas in names, brackets that do not end. An element that cannot be read keeps no
/// other element from being read. The time grows with the length of the value, whatever the value holds. MimeKit, which reads addresses
/// for people, decodes A-labels and refuses a whole list for one element.
/// </summary>
internal ref struct AddressListReader
{
    // An unreadable text is shown to its sender, who has the rest.
    private const int MaxShown = 200;

    private static readonly SearchValues<byte> Structure = SearchValues.Create(",;:<\"([@"u8);

    // The letters of a list that names nobody.
    private static readonly string[] Nobody =
        ["undisclosedrecipients", "undisclosedrecipient", "recipientlistnotshown", "unlistedrecipients"];

    private readonly ReadOnlySpan<byte> _value;
    private readonly List<ListedAddress> _elements;
    private int _position;
    private int _end;
    private bool _isBroken;
    private bool _noQuoteEnds;
    private int _words;

    private AddressListReader(ReadOnlySpan<byte> value, List<ListedAddress> elements)
    {
        _value = value;
        _elements = elements;
    }

    /// <summary>Adds the elements of a list, in order; those that name nobody are left out.</summary>
    /// <param name="value">The field's value, folds and line end included.</param>
    /// <param name="elements">Where they go.</param>
    public static void Read(ReadOnlySpan<byte> value, List<ListedAddress> elements)
    {
        var reader = new AddressListReader(value, elements);
        while (reader.SkipSeparators())
            reader.ReadElement();
    }

    // Words behind which a single comma stands may be the beginning of a name: Smith, Mary <mary@contoso.com>
    private bool SkipSeparators()
    {
        var commas = 0;
        while ((_position = CommentedBlanks.Skip(_value, _position)) < _value.Length
            && _value[_position] is (byte)',' or (byte)';' or (byte)'>')
        {
            if (_value[_position] == ';' || ++commas > 1)
                _words = 0;
            _position++;
        }
        return _position < _value.Length;
    }

    private void ReadElement()
    {
        var begin = _position;
        // Text behind an address without a separator ends where the address ended: the way to that end is gone once.
        if (begin >= _end)
        {
            _isBroken = false;
            _end = ElementEnd(begin, mayNameGroup: true);
        }
        var end = _end;
        switch (end < _value.Length ? _value[end] : 0)
        {
            case ':':
                _words = 0;
                _position = end + 1;
                break;
            case '<' when _isBroken:
                Refuse(begin, BracketEnd(end));
                break;
            case '<':
                ReadBracketed(begin, end);
                break;
            default:
                ReadBare(begin, end);
                break;
        }
    }

    // The next separator, bracket, or colon behind the name of a group, outside comments and quotes. A colon behind an '@' breaks the
    // element: a group of such a name would take an address with it.
    private int ElementEnd(int at, bool mayNameGroup)
    {
        while (at < _value.Length)
        {
            if (_value[at..].IndexOfAny(Structure) is not (>= 0 and var next))
                return _value.Length;
            at += next;
            switch (_value[at])
            {
                case (byte)'"':
                    at += Math.Max(QuotedLength(at), 1);
                    break;
                case (byte)'(':
                    at += CommentLength(at);
                    break;
                case (byte)'@':
                    mayNameGroup = false;
                    at = CommentedBlanks.Skip(_value, at + 1);
                    if (at < _value.Length && _value[at] == '[')
                        at += Math.Max(CommentedBlanks.LiteralLength(_value[at..]), 1);
                    break;
                case (byte)'[':
                    at++;
                    break;
                case (byte)':' when !mayNameGroup:
                    _isBroken = true;
                    at++;
                    break;
                default:
                    return at;
            }
        }
        return at;
    }

    // Behind a quoted string that does not end no other one ends either: the search is made once.
    private int QuotedLength(int at)
    {
        var length = _noQuoteEnds ? 0 : CommentedBlanks.QuotedLength(_value[at..]);
        _noQuoteEnds |= length == 0;
        return length;
    }

    // A comment that does not end takes the rest.
    private readonly int CommentLength(int at) =>
        CommentedBlanks.CommentLength(_value[at..]) is > 0 and var length ? length : _value.Length - at;

    private void ReadBracketed(int begin, int bracket)
    {
        var at = bracket;
        while (at < _value.Length && _value[at] == '<')
        {
            bracket = at;
            at = CommentedBlanks.Skip(_value, at + 1);
        }
        at = PastRoute(at);
        if (at < _value.Length && _value[at] == '>')
        {
            _words = 0;
            _position = at + 1;
            return;
        }
        if (AddrSpec.TryRead(_value, ref at, out var address)
            && ((at = CommentedBlanks.Skip(_value, at)) == _value.Length || _value[at] is (byte)'>' or (byte)',' or (byte)';' or (byte)'<'))
        {
            _elements.RemoveRange(_elements.Count - _words, _words);
            _position = at < _value.Length && _value[at] == '>' ? at + 1 : at;
            Add(address, begin, _position);
            return;
        }
        Refuse(begin, BracketEnd(bracket));
    }

    // <@a.test,@b.test:joe@contoso.com>: empty elements are among the routes of the obsolete syntax.
    private readonly int PastRoute(int at)
    {
        if (at >= _value.Length || _value[at] is not ((byte)'@' or (byte)','))
            return at;
        var end = at;
        while (end < _value.Length && _value[end..].IndexOfAny(":<>["u8) is >= 0 and var next)
        {
            end += next;
            if (_value[end] == ':')
                return CommentedBlanks.Skip(_value, end + 1);
            if (_value[end] != '[' || CommentedBlanks.LiteralLength(_value[end..]) is not (> 0 and var literal))
                return at;
            end += literal;
        }
        return at;
    }

    private int BracketEnd(int bracket)
    {
        for (var at = bracket + 1; at < _value.Length && _value[at] != '<'; at++)
        {
            if (_value[at] == '>')
                return at + 1;
            if (_value[at] == '"')
                at += Math.Max(QuotedLength(at), 1) - 1;
            else if (_value[at] == '(')
                at += CommentLength(at) - 1;
        }
        return ElementEnd(bracket + 1, mayNameGroup: false);
    }

    private void ReadBare(int begin, int end)
    {
        var at = begin;
        if (AddrSpec.TryRead(_value[..end], ref at, out var address)
            && (at == end || _value[at] is (byte)'>' or (byte)'(' || HeaderField.BlankLength(_value, at) > 0))
        {
            // x@exam ple.test: nobody knows whether the blank stands in the domain or behind it.
            if (IsFollowedByWord(at, end))
            {
                Refuse(begin, end);
                return;
            }
            _position = at;
            Add(address, begin, at);
            return;
        }
        if (_value[begin] == '"' && QuotedLength(begin) is > 0 and var quoted && CommentedBlanks.Skip(_value, begin + quoted) == end)
        {
            var (text, inner) = (CommentedBlanks.Unquote(_value.Slice(begin, quoted)), 0);
            if (AddrSpec.TryRead(text, ref inner, out address) && inner == text.Length)
            {
                _position = end;
                Add(address, begin, end);
                return;
            }
        }
        var words = _value[begin..end];
        if (IsNobody(words))
            _position = end;
        else
            Refuse(begin, end, words.IndexOfAny("@\\"u8) < 0 ? _words + 1 : 0);
    }

    // A word that begins no address of its own. A character that can stand in no domain begins no word.
    private readonly bool IsFollowedByWord(int at, int end)
    {
        var next = CommentedBlanks.Skip(_value, at);
        return Rune.DecodeFromUtf8(_value[next..end], out var first, out _) == OperationStatus.Done && Rune.IsLetterOrDigit(first)
            && !AddrSpec.TryRead(_value[..end], ref next, out _);
    }

    private void Add(ReadOnlySpan<byte> address, int begin, int end)
    {
        _words = 0;
        if (!System.Text.Unicode.Utf8.IsValid(address))
        {
            Refuse(begin, end, problem: new MailFormatException("PU-5", "it is not UTF-8"));
            return;
        }
        var text = Encoding.UTF8.GetString(address);
        if (RoutingAddress.TrySmtp(text, out var problem) is null)
            Refuse(begin, end, problem: problem);
        else
            _elements.Add(new ListedAddress(text, begin, null));
    }

    private void Refuse(int begin, int end, int words = 0, MailFormatException? problem = null)
    {
        var shown = Shown(_value[begin..end]);
        _elements.Add(
            new ListedAddress(shown, begin, problem ?? new MailFormatException("PU-5", $"'{shown}' is not an address") { Quoted = shown }));
        _words = words;
        _position = end;
    }

    // As it was written, on one line; what is not text becomes a question mark.
    private static string Shown(ReadOnlySpan<byte> octets)
    {
        octets = octets[HeaderField.TrimBlanks(octets, ..octets.Length)];
        var text = Encoding.UTF8.GetString(octets[..Math.Min(octets.Length, MaxShown * 4)]);
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= MaxShown)
                return shown.Append('\u2026').ToString();
            if (!Rune.IsControl(rune))
                shown.Append(rune.ToString());
            else if (rune.Value is not ('\r' or '\n'))
                shown.Append(rune.Value == '\t' ? ' ' : '?');
        }
        return shown.ToString();
    }

    private static bool IsNobody(ReadOnlySpan<byte> words)
    {
        if (words.Length > MaxShown)
            return false;
        var letters = string.Concat(Encoding.Latin1.GetString(words).Where(char.IsAsciiLetter));
        return Nobody.Contains(letters, StringComparer.OrdinalIgnoreCase);
    }
}
