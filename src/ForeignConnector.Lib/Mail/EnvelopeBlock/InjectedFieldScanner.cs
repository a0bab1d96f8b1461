using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

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
    private readonly string? _defaultDomain;
    private int _position;
    private bool _afterSemicolon;
    private string? _lastKnown;

    /// <summary>True when something stands behind ORCPT that is neither a parameter nor, after its blank, a part of its value
    /// (EN-11).</summary>
    public bool BreaksOrcpt { get; private set; }

    /// <param name="header">The octets the field is part of.</param>
    /// <param name="field">The field.</param>
    /// <param name="rule">The rule to name when the syntax is broken.</param>
    /// <param name="known">Keywords that are known in this field; their values never contain blanks.</param>
    /// <param name="form">Whether a display name may stand before the address.</param>
    /// <param name="defaultDomain">Where a postmaster without a domain is (EN-11); null when nobody knows.</param>
    public InjectedFieldScanner(ReadOnlySpan<byte> header, HeaderField field, string rule, string[] known, InjectedForm form, string? defaultDomain)
    {
        var value = TrimmedValue(header, field);
        _octets = header[..value.End];
        _position = value.Start.Value;
        _rule = rule;
        _known = known;
        _form = form;
        _defaultDomain = defaultDomain;
    }

    /// <summary>The value of a field without the white space around it.</summary>
    public static Range TrimmedValue(ReadOnlySpan<byte> header, HeaderField field) => FoldedBlanks.Trim(header, field.ValueStart..field.End);

    /// <summary>The text of a range, without the line ends in it but with every blank.</summary>
    public static string Unfold(ReadOnlySpan<byte> header, Range range, string what)
    {
        var octets = header[range];
        return EnvelopeText.Decode(octets.Contains((byte)'\n') ? CommentedBlanks.Unfold(octets) : octets, what, range.Start.Value);
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
        var address = Unfold(_octets, begin..FoldedBlanks.TrimEnd(_octets, begin, end), "an address");
        if (_defaultDomain is not null && address.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
            return $"{address}@{_defaultDomain}";
        if (address.Length > 0)
            Validate(address, begin);
        return address;
    }

    /// <summary>The next parameter, or false at the end of the field.</summary>
    public bool TryReadParameter(out ScannedParameter parameter)
    {
        parameter = default;
        SkipSeparators();
        while (_position < _octets.Length && !BeginsParameter())
        {
            if (_lastKnown != EnvelopeKeywords.Orcpt)
                throw NotAParameter();
            BreaksOrcpt = true;
            _position = TokenEnd(_position);
            SkipSeparators();
        }
        if (_position == _octets.Length)
            return false;
        var keyword = _position..(_position + EnvelopeKeywords.Length(_octets[_position..]));
        var hasValue = keyword.End.Value < _octets.Length && _octets[keyword.End] == '=';
        var index = EnvelopeKeywords.Find(_known, _octets[keyword]);
        var known = index >= 0;
        var value = !hasValue ? keyword.End..keyword.End : known ? KnownValue(keyword.End.Value + 1, _known[index]) : UnknownValue(keyword.End.Value + 1);
        parameter = new ScannedParameter(keyword, value, hasValue, _afterSemicolon && !known);
        _afterSemicolon &= !known;
        if (known && hasValue)
            _lastKnown = _known[index];
        _position = value.End.Value;
        return true;
    }

    private readonly bool BeginsParameter()
    {
        var end = _position + EnvelopeKeywords.Length(_octets[_position..]);
        return end > _position && (IsSeparator(end) || _octets[end] == '=');
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

    private readonly bool IsSeparator(int at) => at >= _octets.Length || _octets[at] == ';' || FoldedBlanks.Length(_octets, at) > 0;

    private readonly int SkipBlanks(int at) => FoldedBlanks.Skip(_octets, at);

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

    private readonly Range UnknownValue(int begin) => begin..(_afterSemicolon ? ExtensionEnd(begin) : ValueEnd(begin, isXtext: false));

    private readonly Range KnownValue(int begin, string keyword)
    {
        switch (keyword)
        {
            case EnvelopeKeywords.EnvId:
                return begin..ValueEnd(begin, isXtext: true);
            case EnvelopeKeywords.Auth:
                return begin..TokenEnd(begin);
            case EnvelopeKeywords.Orcpt:
                begin = AfterFold(begin);
                return begin..ValueEnd(AfterAddressType(begin), isXtext: true);
            case EnvelopeKeywords.Notify:
                begin = AfterFold(begin);
                return begin..ListEnd(begin);
            default:
                begin = AfterFold(begin);
                return begin..TokenEnd(begin);
        }
    }

    // EN-3: where a value cannot end it goes on behind the fold, unless another parameter begins there. Whoever unfolded the line on the way left the blank.
    private readonly int AfterFold(int at)
    {
        var next = SkipBlanks(at);
        return next < _octets.Length && _octets[next] != ';' && !ParameterSyntax.BeginsAssignment(_octets[next..]) ? next : at;
    }

    private readonly int TokenEnd(int begin)
    {
        while (!IsSeparator(begin))
            begin++;
        return begin;
    }

    // A list goes on before and after a comma.
    private readonly int ListEnd(int begin)
    {
        for (var end = TokenEnd(begin); ;)
        {
            var next = AfterFold(end);
            if (next == end || !(_octets[next] == ',' || _octets[end - 1] == ','))
                return end;
            end = TokenEnd(next);
        }
    }

    // A semicolon belongs to the value unless what ends a value follows. '=' is not legal in xtext, so there any parameter ends it.
    private readonly int ValueEnd(int begin, bool isXtext)
    {
        var end = TokenEnd(begin);
        while (ParameterSyntax.SemicolonsInValue(_octets[end..]) is > 0 and var count && !(isXtext && ParameterSyntax.BeginsAssignment(_octets[(end + count)..])))
            end = TokenEnd(end + count);
        return end;
    }

    private readonly int AfterAddressType(int begin)
    {
        var end = TokenEnd(begin);
        if (end >= _octets.Length || _octets[end] != ';' || !InjectedFieldReader.IsAddressType(_octets[begin..end]))
            return begin;
        var address = AfterFold(end + 1);
        return IsSeparator(address) ? begin : address;
    }

    // EN-4: base64 with the blanks of its folds. It ends at a semicolon that is no part of it, or before a token that begins a parameter of its own.
    private readonly int ExtensionEnd(int begin)
    {
        var end = ValueEnd(begin, isXtext: false);
        while (end < _octets.Length && _octets[end] != ';')
        {
            var token = SkipBlanks(end);
            if (_octets[token..] is [(byte)';', ..])
                break;
            var tokenEnd = ValueEnd(token, isXtext: false);
            if (tokenEnd == token || ParameterSyntax.BeginsParameter(_octets[token..tokenEnd]))
                break;
            end = tokenEnd;
        }
        return end;
    }

    private readonly MailFormatException NotAParameter()
    {
        // Behind a parameter nobody expects an address: it is the value that went wrong, with a blank in it for example.
        if (_lastKnown is { } keyword)
            return new MailFormatException(_rule, $"what stands behind {keyword} is not a parameter, KEYWORD or KEYWORD=value; the value of {keyword} must not hold blanks", _position);
        var token = _octets[_position..TokenEnd(_position)];
        return token[0] is (byte)',' or (byte)'<' || (token.Contains((byte)'@') && !token.Contains((byte)'='))
            ? MoreThanOneAddress(_position)
            : new MailFormatException(_rule, "a parameter must be KEYWORD or KEYWORD=value", _position);
    }

    private static MailFormatException MoreThanOneAddress(int position) =>
        new("RP-2", "the field holds more than one address", position);
}
