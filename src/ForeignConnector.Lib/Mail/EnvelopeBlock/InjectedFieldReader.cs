using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// Reads the values of the injected fields (EN-1 to EN-6). Every exception is a <see cref="MailFormatException"/> with a position in the
/// header.
/// </summary>
internal static class InjectedFieldReader
{
    /// <summary>The value of a field without the white space around it.</summary>
    public static Range TrimmedValue(ReadOnlySpan<byte> header, HeaderField field) =>
        HeaderField.TrimBlanks(header, field.ValueStart..field.End);

    /// <summary>The text of a range, without the line ends in it but with every blank.</summary>
    public static string Unfold(ReadOnlySpan<byte> header, Range range, string what)
    {
        var octets = header[range];
        return EnvelopeText.Decode(octets.Contains((byte)'\n') ? CommentedBlanks.Unfold(octets) : octets, what, range.Start.Value);
    }

    /// <summary>True where an address or a parameter ends: at white space, a semicolon or the end of the value.</summary>
    public static bool IsSeparator(ReadOnlySpan<byte> octets, int at) =>
        at >= octets.Length || octets[at] == ';' || HeaderField.BlankLength(octets, at) > 0;

    public static MailFormatException MoreThanOneAddress(int position) => new("RP-2", "the field holds more than one address", position);

    public static bool IsAddressType(ReadOnlySpan<byte> octets)
    {
        Span<char> text = stackalloc char[OriginalRecipient.MaxTypeLength];
        return octets.Length <= text.Length && OriginalRecipient.IsType(text[..Encoding.Latin1.GetChars(octets, text)]);
    }

    /// <summary>True when the value of the field begins with an address, or with the null sender.</summary>
    public static bool HoldsAddress(ReadOnlySpan<byte> header, HeaderField field, InjectedForm form, string? defaultDomain)
    {
        try
        {
            new InjectedAddressReader(header, field, "EN-1", form, defaultDomain).Read(out _);
            return true;
        }
        catch (MailFormatException)
        {
            return false;
        }
    }

    public static InjectedSender ReadSender(ReadOnlySpan<byte> header, HeaderField field, InjectedForm form, string? defaultDomain)
    {
        var address = new InjectedAddressReader(header, field, "EN-1", form, defaultDomain).Read(out var end);
        var scanner = new InjectedParameterScanner(header, field, end, "EN-1", EnvelopeKeywords.OfSender);
        var parameters = ReadParameters(header, ref scanner, EnvelopeKeywords.OfSender, "EN-1", out var known);
        return new InjectedSender(address)
        {
            Body = ReadName(header, known[0], EnvelopeKeywords.Bodies, "BODY is 7BIT, 8BITMIME or BINARYMIME", "EN-1"),
            Return = ReadName(header, known[1], EnvelopeKeywords.Returns, "RET is FULL or HDRS", "EN-1"),
            EnvelopeId = known[2] is { } id ? Xtext.Decode(header[id], "ENVID", id.Start.Value) : null,
            Auth = known[3] is { } auth ? ReadToken(header, auth, "AUTH") : null,
            Parameters = parameters,
        };
    }

    /// <param name="header">The octets the field is part of.</param>
    /// <param name="field">The field.</param>
    /// <param name="form">Who wrote it.</param>
    /// <param name="defaultDomain">Where a postmaster without a domain is (EN-11); null when nobody knows.</param>
    /// <param name="isOrcptLeftOut">True when ORCPT broke its syntax and could not be kept (EN-11).</param>
    public static EnvelopeRecipient ReadRecipient(
        ReadOnlySpan<byte> header, HeaderField field, InjectedForm form, string? defaultDomain, out bool isOrcptLeftOut)
    {
        var address = new InjectedAddressReader(header, field, "EN-2", form, defaultDomain).Read(out var end);
        if (address.Length == 0)
            throw new MailFormatException("RP-2", "X-Receiver needs an address; only a sender can be null", field.ValueStart);
        var scanner = new InjectedParameterScanner(header, field, end, "EN-2", EnvelopeKeywords.OfRecipient);
        var parameters = ReadParameters(header, ref scanner, EnvelopeKeywords.OfRecipient, "EN-2", out var known);
        var original = known[1] is { } orcpt && !scanner.BreaksOrcpt ? ReadOriginalRecipient(header, orcpt) : null;
        isOrcptLeftOut = original is null && known[1] is not null;
        return new EnvelopeRecipient(address, isChecked: true)
        {
            Notify = known[0] is { } notify ? ReadNotify(header, notify) : DsnNotify.Unspecified,
            OriginalRecipient = original,
            ExtensionParameters = parameters,
        };
    }

    /// <summary>The value of a field that is plain text; null when it is empty.</summary>
    public static string? ReadText(ReadOnlySpan<byte> header, HeaderField field, InjectedName name)
    {
        var range = TrimmedValue(header, field);
        return range.Start.Equals(range.End) ? null : ReadToken(header, range, name.Text());
    }

    /// <summary>The value of a field that is an IP address; 0.0.0.0 when it is empty (EN-6).</summary>
    public static IPAddress ReadIPAddress(ReadOnlySpan<byte> header, HeaderField field)
    {
        var text = ReadText(header, field, InjectedName.SourceIPAddress);
        if (text is null)
            return IPAddress.Any;
        var number = text is ['[', .., ']'] ? text[1..^1] : text;
        if (number.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            number = number["IPv6:".Length..];
        // The name of an interface is a number here and another one, or nothing, on the next machine; a number stays what it is.
        if (number.IndexOf('%', StringComparison.Ordinal) is >= 0 and var zone
            && !uint.TryParse(number.AsSpan(zone + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new MailFormatException(
                "EN-6", "X-SourceIPAddress names a zone that means something on one machine only; a zone must be a number",
                field.ValueStart);
        // The platform also reads '1', '0x7f.1', '[::1]:25' and '::1/64', which are not addresses here.
        return !number.AsSpan().ContainsAny("[]/") && IPAddress.TryParse(number, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == number)
            ? address
            : throw new MailFormatException("EN-6", "X-SourceIPAddress is not an IP address", field.ValueStart);
    }

    // Known values by their place in the table of keywords; the others in the order of the file.
    private static ImmutableArray<EnvelopeParameter> ReadParameters(
        ReadOnlySpan<byte> header, ref InjectedParameterScanner scanner, string[] keywords, string rule, out Range?[] known)
    {
        known = new Range?[keywords.Length];
        List<EnvelopeParameter>? others = null;
        while (scanner.TryReadParameter(out var parameter))
        {
            var index = EnvelopeKeywords.Find(keywords, header[parameter.Keyword]);
            if (index < 0)
            {
                (others ??= []).Add(ReadExtension(header, parameter));
                continue;
            }
            // ORCPT is only a hint (EN-11): the first counts, and an empty one is left out below.
            if (keywords[index] == EnvelopeKeywords.Orcpt)
            {
                known[index] ??= parameter.Value;
                continue;
            }
            if (!parameter.HasValue)
                throw new MailFormatException(rule, $"{keywords[index]} needs a value", parameter.Keyword.Start.Value);
            if (known[index] is not null)
                throw new MailFormatException(rule, $"{keywords[index]} stands twice", parameter.Keyword.Start.Value);
            known[index] = parameter.Value;
        }
        return others is null ? [] : EnvelopeParameter.CheckAll([.. others], keywords);
    }

    private static EnvelopeParameter ReadExtension(ReadOnlySpan<byte> header, ScannedParameter parameter)
    {
        var value = parameter.HasValue ? Unfold(header, parameter.Value, "a parameter's value") : null;
        try
        {
            return new EnvelopeParameter(Encoding.ASCII.GetString(header[parameter.Keyword]), value, parameter.AfterSemicolon);
        }
        catch (MailFormatException e)
        {
            throw new MailFormatException(e.Rule, e.Reason, parameter.Value.Start.Value);
        }
    }

    private static string ReadToken(ReadOnlySpan<byte> header, Range range, string what)
    {
        var text = Unfold(header, range, what);
        try
        {
            return EnvelopeText.Writable(text, what);
        }
        catch (MailFormatException e)
        {
            throw new MailFormatException(e.Rule, e.Reason, range.Start.Value);
        }
    }

    private static T ReadName<T>(ReadOnlySpan<byte> header, Range? range, (string Text, T Value)[] table, string reason, string rule)
    {
        if (range is not { } value)
            return default!;
        return EnvelopeKeywords.TryRead(table, header[value], out var read)
            ? read
            : throw new MailFormatException(rule, reason, value.Start.Value);
    }

    private static DsnNotify ReadNotify(ReadOnlySpan<byte> header, Range range)
    {
        const string Reason = "NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY";
        var notify = DsnNotify.Unspecified;
        foreach (var item in header[range].Split((byte)','))
        {
            var at = HeaderField.TrimBlanks(header, (range.Start.Value + item.Start.Value)..(range.Start.Value + item.End.Value));
            notify |= ReadName(header, at, EnvelopeKeywords.Notifies, Reason, "EN-2");
        }
        return notify.HasFlag(DsnNotify.Never) && notify != DsnNotify.Never
            ? throw new MailFormatException("EN-2", Reason, range.Start.Value)
            : notify;
    }

    // Null for one that cannot be kept (EN-11).
    private static OriginalRecipient? ReadOriginalRecipient(ReadOnlySpan<byte> header, Range range)
    {
        var value = header[range];
        var semicolon = value.IndexOf((byte)';');
        var typed = semicolon >= 0 && IsAddressType(value[..semicolon]);
        var type = typed ? Encoding.ASCII.GetString(value[..semicolon]) : OriginalRecipient.DefaultType;
        var begin = typed ? semicolon + 1 : 0;
        // ORCPT=rfc822; would otherwise be the address 'rfc822' and a separator.
        var isTypeAlone = !typed && range.End.Value < header.Length && header[range.End.Value] == ';'
            && !value.Contains((byte)'@') && IsAddressType(value);
        if (begin == value.Length || isTypeAlone)
            return null;
        begin = HeaderField.SkipBlanks(value, begin);
        return Xtext.DecodeHint(value[begin..]) is { Length: > 0 } address ? new OriginalRecipient(type, address) : null;
    }
}
