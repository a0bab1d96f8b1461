using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>Reads the address that begins the value of an <c>X-Sender</c> or <c>X-Receiver</c> field (EN-3, RP-2).</summary>
/// <param name="header">The octets the field is part of.</param>
/// <param name="field">The field.</param>
/// <param name="rule">The rule to name when the syntax is broken.</param>
/// <param name="form">Whether a display name may stand before the address.</param>
/// <param name="defaultDomain">Where a postmaster without a domain is (EN-11); null when nobody knows.</param>
internal readonly ref struct InjectedAddressReader(
    ReadOnlySpan<byte> header, HeaderField field, string rule, InjectedForm form, string? defaultDomain)
{
    private readonly ReadOnlySpan<byte> _octets = header[..InjectedFieldReader.TrimmedValue(header, field).End];
    private readonly int _start = InjectedFieldReader.TrimmedValue(header, field).Start.Value;

    /// <summary>The address, without display name, angle brackets and source route; empty for <c>&lt;&gt;</c>.</summary>
    /// <param name="end">First octet behind the address, where its parameters begin.</param>
    /// <exception cref="MailFormatException">There is none or more than one (RP-2), it has no end, or it is not an address.</exception>
    public string Read(out int end)
    {
        if (_start == _octets.Length)
            throw new MailFormatException("RP-2", "the field holds no address", _start);
        var position = _start;
        if (form == InjectedForm.Application)
            position += DisplayName.Length(_octets[position..], position);
        var bracketed = _octets[position] == '<';
        var begin = HeaderField.SkipBlanks(_octets, bracketed ? position + 1 : position);
        if (bracketed)
            begin = SkipSourceRoute(begin);
        var addressEnd = AddressEnd(begin, bracketed);
        end = addressEnd;
        if (bracketed)
            RequireSeparator(++end);
        var address = InjectedFieldReader.Unfold(_octets, begin..HeaderField.TrimBlanksAtEnd(_octets, begin, addressEnd), "an address");
        if (defaultDomain is not null && address.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
            address = $"{address}@{defaultDomain}";
        if (address.Length > 0)
            Validate(address, begin);
        return address;
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

    // <@x,@y:bob@z>: the route ends at the first colon outside an address literal (RFC 5321, appendix F.2).
    private int SkipSourceRoute(int begin)
    {
        if (begin >= _octets.Length || _octets[begin] != '@')
            return begin;
        var literal = false;
        for (var i = begin; i < _octets.Length && _octets[i] != '>'; i++)
        {
            literal = _octets[i] == '[' || (literal && _octets[i] != ']');
            if (_octets[i] == ':' && !literal)
                return HeaderField.SkipBlanks(_octets, i + 1);
        }
        return begin;
    }

    private int AddressEnd(int begin, bool bracketed)
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
                throw InjectedFieldReader.MoreThanOneAddress(i);
            else if (bracketed ? octet == '>' : InjectedFieldReader.IsSeparator(_octets, i))
                return i;
        }
        return bracketed ? throw new MailFormatException(rule, "the address begins with '<' but no '>' ends it", begin) : _octets.Length;
    }

    private void RequireSeparator(int at)
    {
        if (InjectedFieldReader.IsSeparator(_octets, at))
            return;
        throw _octets[at] is (byte)',' or (byte)'<'
            ? InjectedFieldReader.MoreThanOneAddress(at)
            : new MailFormatException(rule, "a blank must follow the address", at);
    }
}
