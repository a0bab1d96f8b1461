using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail;

/// <summary>One parameter as it was found: octet positions in the header.</summary>
/// <param name="Keyword">Where the keyword stands.</param>
/// <param name="Value">Where the value stands; empty when <paramref name="HasValue"/> is false.</param>
/// <param name="HasValue">True when <c>=</c> follows the keyword.</param>
/// <param name="AfterSemicolon">True for an unknown parameter behind a semicolon (EN-4).</param>
internal readonly record struct ScannedParameter(Range Keyword, Range Value, bool HasValue, bool AfterSemicolon);

/// <summary>
/// Walks the value of an <c>X-Sender</c> or <c>X-Receiver</c> field: the address, then its parameters. Octets in, positions out; a line
/// end is white space here, and only <see cref="Unfold"/> takes it away.
/// </summary>
internal ref struct InjectedFieldScanner
{
    private readonly ReadOnlySpan<byte> _octets;
    private readonly string _rule;
    private readonly string[] _known;
    private readonly InjectedForm _form;
    private int _position;
    private bool _afterSemicolon;

    /// <param name="header">The octets the field is part of.</param>
    /// <param name="field">The field.</param>
    /// <param name="rule">The rule to name when the syntax is broken.</param>
    /// <param name="known">Keywords that are known in this field; their values never contain blanks.</param>
    /// <param name="form">Whether a display name may stand before the address.</param>
    public InjectedFieldScanner(ReadOnlySpan<byte> header, HeaderField field, string rule, string[] known, InjectedForm form)
    {
        var value = TrimmedValue(header, field);
        _octets = header[..value.End];
        _position = value.Start.Value;
        _rule = rule;
        _known = known;
        _form = form;
    }

    /// <summary>The value of a field without the white space around it.</summary>
    public static Range TrimmedValue(ReadOnlySpan<byte> header, HeaderField field)
    {
        var end = TrimEnd(header, field.ValueStart, field.End);
        return SkipBlanks(header[..end], field.ValueStart)..end;
    }

    /// <summary>The first octet, from one on, that is no white space.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> octets, int at)
    {
        while (at < octets.Length && BlankLength(octets, at) is > 0 and var blank)
            at += blank;
        return at;
    }

    /// <summary>The text of a range, without the line ends in it but with every blank.</summary>
    public static string Unfold(ReadOnlySpan<byte> header, Range range, string what)
    {
        var position = range.Start.Value;
        var octets = header[range];
        if (octets.IndexOf((byte)'\n') < 0)
            return EnvelopeText.Decode(octets, what, position);
        var unfolded = new byte[octets.Length];
        var length = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (HeaderScanner.BlankLine(octets[i..]) is > 0 and var lineEnd)
                i += lineEnd - 1;
            else
                unfolded[length++] = octets[i];
        }
        return EnvelopeText.Decode(unfolded.AsSpan(0, length), what, position);
    }

    /// <summary>The address that begins the value, without display name, angle brackets and source route; empty for <c>&lt;&gt;</c>.</summary>
    /// <exception cref="MailFormatException">There is none or more than one (RP-2), it has no end, or it is not an address.</exception>
    public string ReadAddress()
    {
        if (_position == _octets.Length)
            throw new MailFormatException("RP-2", "the field holds no address", _position);
        if (_form == InjectedForm.Application)
            _position += DisplayName.Length(_octets[_position..], _position);
        var bracketed = _octets[_position] == '<';
        var begin = SkipBlanks(bracketed ? _position + 1 : _position);
        if (bracketed)
            begin = SkipSourceRoute(begin);
        var end = AddressEnd(begin, bracketed);
        _position = end;
        if (bracketed)
            RequireSeparator(++_position);
        var address = Unfold(_octets, begin..TrimEnd(_octets, begin, end), "an address");
        if (address.Length > 0)
            Validate(address, begin);
        return address;
    }

    /// <summary>The next parameter, or false at the end of the field.</summary>
    public bool TryReadParameter(out ScannedParameter parameter)
    {
        parameter = default;
        SkipSeparators();
        if (_position == _octets.Length)
            return false;
        var keyword = _position..(_position + EnvelopeKeywords.Length(_octets[_position..]));
        var hasValue = keyword.End.Value < _octets.Length && _octets[keyword.End] == '=';
        if (keyword.End.Value == _position || !(hasValue || IsSeparator(keyword.End.Value)))
            throw NotAParameter();
        var known = IsKnown(keyword);
        var value = hasValue ? (keyword.End.Value + 1)..ValueEnd(keyword, known) : keyword.End..keyword.End;
        parameter = new ScannedParameter(keyword, value, hasValue, _afterSemicolon && !known);
        _afterSemicolon &= !known;
        _position = value.End.Value;
        return true;
    }

    private static void Validate(string address, int position)
    {
        try
        {
            SmtpAddressSyntax.Validate(address);
        }
        catch (MailFormatException e)
        {
            throw new MailFormatException(e.Rule, e.Reason, position + (e.Position ?? 0)) { Quoted = e.Quoted };
        }
    }

    // A bare CR is not white space: it stays, and is refused with the text it stands in (EN-7).
    private static int TrimEnd(ReadOnlySpan<byte> octets, int start, int end)
    {
        while (end > start && octets[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\n')
        {
            end--;
            if (octets[end] == '\n' && end > start && octets[end - 1] == '\r')
                end--;
        }
        return end;
    }

    private static int BlankLength(ReadOnlySpan<byte> octets, int at) =>
        at < octets.Length && octets[at] is (byte)' ' or (byte)'\t' ? 1 : HeaderScanner.BlankLine(octets[at..]);

    private readonly bool IsSeparator(int at) => at >= _octets.Length || _octets[at] == ';' || BlankLength(_octets, at) > 0;

    private readonly bool IsKnown(Range keyword)
    {
        foreach (var known in _known)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(_octets[keyword], known))
                return true;
        }
        return false;
    }

    private readonly bool Is(Range keyword, string known) => System.Text.Ascii.EqualsIgnoreCase(_octets[keyword], known);

    private readonly int SkipBlanks(int at) => SkipBlanks(_octets, at);

    private void SkipSeparators()
    {
        while (_position < _octets.Length)
        {
            var next = SkipBlanks(_position);
            if (next < _octets.Length && _octets[next] == ';')
            {
                _afterSemicolon = true;
                next++;
            }
            if (next == _position)
                return;
            _position = next;
        }
    }

    // <@x,@y:bob@z>: the route ends at the first colon outside an address literal (RFC 5321, appendix F.2).
    private readonly int SkipSourceRoute(int begin)
    {
        if (begin >= _octets.Length || _octets[begin] != '@')
            return begin;
        var literal = false;
        for (var i = begin; i < _octets.Length && _octets[i] != '>'; i++)
        {
            literal = _octets[i] == '[' || (literal && _octets[i] != ']');
            if (_octets[i] == ':' && !literal)
                return SkipBlanks(i + 1);
        }
        return begin;
    }

    private readonly int AddressEnd(int begin, bool bracketed)
    {
        var quoted = false;
        for (var i = begin; i < _octets.Length; i++)
        {
            var octet = _octets[i];
            if (octet == '"')
                quoted = !quoted;
            else if (quoted && octet == '\\')
                i++;
            else if (quoted)
                continue;
            else if (octet is (byte)',' or (byte)'<')
                throw MoreThanOneAddress(i);
            else if (bracketed ? octet == '>' : IsSeparator(i))
                return i;
        }
        return bracketed ? throw new MailFormatException(_rule, "the address begins with '<' but no '>' ends it", begin) : _octets.Length;
    }

    private readonly void RequireSeparator(int at)
    {
        if (IsSeparator(at))
            return;
        throw _octets[at] is (byte)',' or (byte)'<'
            ? MoreThanOneAddress(at)
            : new MailFormatException(_rule, "a blank must follow the address", at);
    }

    private readonly int ValueEnd(Range keyword, bool known)
    {
        var begin = keyword.End.Value + 1;
        if (!known)
            return _afterSemicolon ? ExtensionEnd(begin) : TokenEnd(begin);
        if (Is(keyword, EnvelopeKeywords.Orcpt))
            return XtextEnd(AfterAddressType(begin));
        return Is(keyword, EnvelopeKeywords.EnvId) ? XtextEnd(begin) : TokenEnd(begin);
    }

    private readonly int TokenEnd(int begin)
    {
        while (!IsSeparator(begin))
            begin++;
        return begin;
    }

    // A semicolon is legal in xtext; '=' is not. So a semicolon belongs to the value unless a blank, the end or 'KEYWORD=' follows.
    private readonly int XtextEnd(int begin)
    {
        for (var end = TokenEnd(begin); ; end = TokenEnd(end + 1))
        {
            if (end >= _octets.Length || _octets[end] != ';' || IsSeparator(end + 1))
                return end;
            var keyword = EnvelopeKeywords.Length(_octets[(end + 1)..]);
            if (keyword > 0 && end + 1 + keyword < _octets.Length && _octets[end + 1 + keyword] == '=')
                return end;
        }
    }

    private readonly int AfterAddressType(int begin)
    {
        var end = TokenEnd(begin);
        return end < _octets.Length && _octets[end] == ';' && !IsSeparator(end + 1) && InjectedFieldReader.IsAddressType(_octets[begin..end])
            ? end + 1
            : begin;
    }

    // EN-4: base64 with the blanks of its folds. It ends at a semicolon, or before a token that begins a parameter of its own.
    private readonly int ExtensionEnd(int begin)
    {
        var end = TokenEnd(begin);
        while (end < _octets.Length && _octets[end] != ';')
        {
            var token = SkipBlanks(end);
            var tokenEnd = TokenEnd(token);
            if (tokenEnd == token || EnvelopeParameter.BeginsParameter(_octets[token..tokenEnd]))
                break;
            end = tokenEnd;
        }
        return end;
    }

    private readonly MailFormatException NotAParameter()
    {
        var token = _octets[_position..TokenEnd(_position)];
        return token[0] is (byte)',' or (byte)'<' || (token.Contains((byte)'@') && !token.Contains((byte)'='))
            ? MoreThanOneAddress(_position)
            : new MailFormatException(_rule, "a parameter must be KEYWORD or KEYWORD=value", _position);
    }

    private static MailFormatException MoreThanOneAddress(int position) =>
        new("RP-2", "the field holds more than one address", position);
}
