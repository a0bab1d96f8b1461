using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>One parameter as it was found: octet positions in the header.</summary>
/// <param name="Keyword">Where the keyword stands.</param>
/// <param name="Value">Where the value stands; empty when <paramref name="HasValue"/> is false.</param>
/// <param name="HasValue">True when <c>=</c> follows the keyword.</param>
/// <param name="AfterSemicolon">True for an unknown parameter behind a semicolon (EN-4).</param>
internal readonly record struct ScannedParameter(Range Keyword, Range Value, bool HasValue, bool AfterSemicolon);

/// <summary>
/// Walks the parameters behind the address of an <c>X-Sender</c> or <c>X-Receiver</c> field. Octets in, positions out; a line end is white
/// space here.
/// </summary>
internal ref struct InjectedParameterScanner
{
    private readonly ReadOnlySpan<byte> _octets;
    private readonly string _rule;
    private readonly string[] _known;
    private int _position;
    private bool _afterSemicolon;
    private string? _lastKnown;

    /// <param name="header">The octets the field is part of.</param>
    /// <param name="field">The field.</param>
    /// <param name="start">First octet behind the address.</param>
    /// <param name="rule">The rule to name when the syntax is broken.</param>
    /// <param name="known">Keywords that are known in this field; their values never contain blanks.</param>
    public InjectedParameterScanner(ReadOnlySpan<byte> header, HeaderField field, int start, string rule, string[] known)
    {
        _octets = header[..InjectedFieldReader.TrimmedValue(header, field).End];
        _position = start;
        _rule = rule;
        _known = known;
    }

    /// <summary>
    /// True when something stands behind ORCPT that is neither a parameter nor, after its blank, a part of its value (EN-11).
    /// </summary>
    public bool BreaksOrcpt { get; private set; }

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
        var value = !hasValue ? keyword.End..keyword.End
            : known ? KnownValue(keyword.End.Value + 1, _known[index])
            : UnknownValue(keyword.End.Value + 1);
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
        return end > _position && (InjectedFieldReader.IsSeparator(_octets, end) || _octets[end] == '=');
    }

    private void SkipSeparators()
    {
        while (_position < _octets.Length)
        {
            var next = HeaderField.SkipBlanks(_octets, _position);
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

    // EN-3: where a value cannot end it goes on behind the fold, unless another parameter begins there. A program that unfolded the line on
    // the way left the blank.
    private readonly int AfterFold(int at)
    {
        var next = HeaderField.SkipBlanks(_octets, at);
        return next < _octets.Length && _octets[next] != ';' && !ParameterSyntax.BeginsAssignment(_octets[next..]) ? next : at;
    }

    private readonly int TokenEnd(int begin)
    {
        while (!InjectedFieldReader.IsSeparator(_octets, begin))
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
        while (ParameterSyntax.SemicolonsInValue(_octets[end..]) is > 0 and var count
            && !(isXtext && ParameterSyntax.BeginsAssignment(_octets[(end + count)..])))
            end = TokenEnd(end + count);
        return end;
    }

    private readonly int AfterAddressType(int begin)
    {
        var end = TokenEnd(begin);
        if (end >= _octets.Length || _octets[end] != ';' || !InjectedFieldReader.IsAddressType(_octets[begin..end]))
            return begin;
        var address = AfterFold(end + 1);
        return InjectedFieldReader.IsSeparator(_octets, address) ? begin : address;
    }

    // EN-4: base64 with the blanks of its folds. It ends at a semicolon that is no part of it, or before a token that begins a parameter of
    // its own.
    private readonly int ExtensionEnd(int begin)
    {
        var end = ValueEnd(begin, isXtext: false);
        while (end < _octets.Length && _octets[end] != ';')
        {
            var token = HeaderField.SkipBlanks(_octets, end);
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
            return new MailFormatException(
                _rule,
                $"what stands behind {keyword} is not a parameter, KEYWORD or KEYWORD=value; the value of {keyword} must not hold blanks",
                _position);
        var token = _octets[_position..TokenEnd(_position)];
        return token[0] is (byte)',' or (byte)'<' || (token.Contains((byte)'@') && !token.Contains((byte)'='))
            ? InjectedFieldReader.MoreThanOneAddress(_position)
            : new MailFormatException(_rule, "a parameter must be KEYWORD or KEYWORD=value", _position);
    }
}
