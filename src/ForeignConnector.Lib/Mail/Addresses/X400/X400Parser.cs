using System.Text;
using ForeignConnector.Lib.Routing.Spaces;

namespace ForeignConnector.Lib.Mail.Addresses.X400;

/// <summary>Reads one attribute list (AS-4). A list that begins with <c>/</c> has <c>/</c> between attributes, any other <c>;</c>. For one
/// use.</summary>
internal sealed class X400Parser(TextPart part, bool isSpace)
{
    private readonly List<X400Attribute> _attributes = [];
    private readonly StringBuilder _text = new();
    private string? _key;
    private int _start;
    private int _stars;
    private int? _emptyAt;
    private MailFormatException? _error;

    public X400AttributeList? Read(out MailFormatException? error)
    {
        ReadAttributes();
        if (_attributes.Count == 0 && isSpace)
            _error ??= part.Error("AS-4", "it has no attribute; write 'c=US;a=Fabrikam', or '*' for every X.400 address");
        error = _error;
        if (error is not null)
            return null;
        _attributes.Sort();
        return new X400AttributeList([.. _attributes]);
    }

    private void ReadAttributes()
    {
        var separator = part.Span is ['/', ..] ? '/' : ';';
        _start = separator == '/' ? 1 : 0;
        var offset = _start;
        var scanner = new X400Scanner(part.Span[offset..]);
        while (_error is null && scanner.TryRead(out var c, out var literal))
        {
            if (c == separator && !literal)
                EndAttribute(offset + scanner.Position + 1);
            else if (c == '=' && !literal && _key is null)
                _key = TakeText();
            else
                Append(c, literal);
        }
        if (_error is null && scanner.InQuotes)
            Fail("a quote is not closed");
        if (_error is null)
            EndAttribute(part.Span.Length);
    }

    private void Append(char c, bool literal)
    {
        _text.Append(c);
        if (c == '*' && !literal && _key is not null)
            _stars++;
    }

    private void EndAttribute(int next)
    {
        var value = TakeText();
        if (_key is null && value.Length == 0)
            _emptyAt ??= _start;
        else if (_key is null)
            Fail($"'{value}' is not an attribute; write 'key=value'");
        else if (_emptyAt is { } at)
            Fail("an attribute is empty", at);
        else
            Add(_key, value);
        _key = null;
        _stars = 0;
        _start = next;
    }

    private void Add(string name, string value)
    {
        if (X400Attribute.CanonicalKey(name) is not { } key)
        {
            if (isSpace || name.Length == 0)
                Fail($"'{name}' is not an attribute: use c, a, p, o, ou1 to ou4, s, g, i, q, cn, x121 or dda:type");
            return;
        }
        var attribute = new X400Attribute(key, value, isSpace && _stars == 1 && value == "*");
        if (_attributes.Exists(a => a.HasKey(key)))
            Fail($"the attribute '{key}' occurs twice");
        else if (isSpace && _stars > 0 && !attribute.MatchesAny)
            Fail($"'*' must be the whole value of '{key}'; write '\\*' for the character itself");
        else if (isSpace && value.Length == 0 && !attribute.MayBeBlank)
            Fail($"the attribute '{key}' has no value; write '*' for any");
        _attributes.Add(attribute);
    }

    private void Fail(string reason, int? at = null) => _error ??= part.Error("AS-4", reason, at ?? _start);

    /// <summary>What was read since the last separator, with blanks at its ends removed and inner runs of blanks made one.</summary>
    private string TakeText()
    {
        var words = _text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        _text.Clear();
        return string.Join(' ', words);
    }
}
