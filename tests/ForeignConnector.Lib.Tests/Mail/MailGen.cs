using CsCheck;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>Generators of everything an envelope can hold, odd characters preferred. What they give can be built; what cannot be is not among it.</summary>
internal static class MailGen
{
    /// <summary>Any characters but CR, LF, NUL and halves of surrogate pairs.</summary>
    public static readonly Gen<string> Text = Characters("aZ09 \t;=+<>@,\"\\:%?_-.()[]/\u0001\u0085\u00a0\u00fc\u2028\ufeff\ufffd", 40);

    private static readonly Gen<string> Token = Characters("aZ09=+<>@,\"\\:%?_-.()[]/\u0001\u00fc\u2028", 30);

    private static readonly Gen<string> Atom = Gen.Char["abcXYZ019!#$%&'*-/?^_`{|}~"].Array[1, 20].Select(chars => new string(chars));

    private static readonly Gen<string> Domain = Gen.OneOf(
        Gen.Char["abcXYZ019-\u00fc"].Array[1, 12].Array[1, 4].Select(labels => string.Join('.', labels.Select(label => new string(label)))),
        Any("[192.0.2.1]", "[IPv6:2001:db8::1]", "contoso.com."));

    private static readonly Gen<string> LocalPart = Gen.OneOf(
        Gen.Char["abcXYZ019!#$%&'*+-/=?^_`{|}~.[]\u00fc\u4e2d"].Array[1, 20].Select(chars => new string(chars)),
        Characters("aZ09 ;=+<>@,:.()[]\u00fc", 20).Select(text => $"\"{text}\""),
        Any("\"\\\"\\\\\"", "\"a\\ b\"", "\"\"", new string('l', 1200)));

    public static readonly Gen<string> Address = Gen.Select(LocalPart, Domain, (local, domain) => $"{local}@{domain}");

    /// <summary>The value of a whole field: not empty, no blank at either end; sometimes longer than a line.</summary>
    private static readonly Gen<string> FieldValue = Gen.Select(Text, Gen.Int[1, 60]).Select((text, times) =>
        string.Concat(Enumerable.Repeat(text, times)).Trim(' ', '\t') is { Length: > 0 } value ? value : "x");

    private static readonly Gen<string> Keyword =
        Gen.Select(Gen.Char["ABCxyz019"], Gen.Char["ABCxyz019-._"].Array[0, 12], (first, rest) => "X" + first + new string(rest));

    private static readonly Gen<string> SemicolonValue =
        Gen.Select(Any(";", ";;"), Token.Array[1, 3]).Select((run, tokens) => string.Join(run, tokens.Select(token => "x" + token)));

    private static readonly Gen<string> ExtensionValue = Gen.OneOf(
        Token,
        SemicolonValue,
        Gen.Char["AZaz09+/"].Array[0, 70].Array[0, 30].Select(lines => string.Join(" \t", lines.Select(line => new string(line))).TrimEnd(' ', '\t') + "=="),
        Any(" a", "\t a  b", "a A= B== c"));

    private static readonly Gen<EnvelopeParameter> Parameter = Gen.OneOf(
        Gen.Select(Keyword, Gen.Bool, (keyword, behind) => new EnvelopeParameter(keyword, null, behind)),
        Gen.Select(Keyword, Gen.OneOf(Token, SemicolonValue), (keyword, value) => new EnvelopeParameter(keyword, value)),
        Gen.Select(Keyword, ExtensionValue, (keyword, value) => new EnvelopeParameter(keyword, value, afterSemicolon: true)));

    private static readonly Gen<DsnNotify> Notify =
        Gen.Int[0, 8].Select(bits => bits == 8 ? DsnNotify.Never : (DsnNotify)(bits * (int)DsnNotify.Success));

    private static readonly Gen<OriginalRecipient> Original = Gen.Select(Atom, Text, (type, text) => new OriginalRecipient(type, text + "x"));

    public static readonly Gen<EnvelopeRecipient> Recipient = Gen.Select(Address, Notify, Maybe(Original), Parameter.Array[0, 3]).Select(
        (address, notify, original, parameters) => new EnvelopeRecipient(address)
        {
            Notify = notify,
            OriginalRecipient = original,
            ExtensionParameters = [.. parameters],
        });

    private static readonly Gen<MailEnvelope> Sent = Gen.Select(
        Gen.OneOf(Address, Gen.Const("")), Recipient.Array[1, 4], Gen.Enum<BodyType>(), Gen.Enum<DsnReturn>(), Maybe(Text), Maybe(Token), Parameter.Array[0, 3])
        .Select((sender, recipients, body, returned, id, auth, parameters) => new MailEnvelope(sender, recipients)
        {
            Body = body,
            Return = returned,
            EnvelopeId = id,
            Auth = auth,
            ExtensionParameters = [.. parameters],
        });

    private static readonly Gen<System.Net.IPAddress> IPAddress = Gen.OneOf(
        Gen.Byte.Array[4].Select(octets => new System.Net.IPAddress(octets)),
        Gen.Byte.Array[16].Select(octets => new System.Net.IPAddress(octets)),
        Any(System.Net.IPAddress.Any, System.Net.IPAddress.IPv6Loopback, System.Net.IPAddress.Parse("::ffff:192.0.2.1"), System.Net.IPAddress.Parse("fe80::1%3")));

    /// <summary>Every kind of envelope.</summary>
    public static readonly Gen<MailEnvelope> Envelope =
        Gen.Select(Sent, FieldValue, Maybe(FieldValue), Gen.Select(Maybe(FieldValue), Maybe(FieldValue)), FieldValue, IPAddress).Select(
            (envelope, createdBy, helo, props, source, address) => envelope with
            {
                CreatedBy = createdBy,
                HeloDomain = helo,
                ExtendedProps = props.Item1,
                ExtendedMessageProps = props.Item2,
                Source = source,
                SourceIPAddress = address,
            });

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : class => Gen.Select(Gen.Bool, gen, (given, value) => given ? value : null);

    private static Gen<string> Characters(string preferred, int length) =>
        Gen.OneOf(Gen.Char[preferred].Select(c => c.ToString()), Any("\ud83d\ude00", "\u4e2d", "=?utf-8?Q?=0D=0A?="))
            .Array[0, length].Select(string.Concat);
}
