using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>The fields of the X-header block, in the order they are written (EN).</summary>
internal enum InjectedName
{
    None,
    Sender,
    Receiver,
    CreatedBy,
    HeloDomain,
    ExtendedProps,
    ExtendedMessageProps,
    Source,
    SourceIPAddress,
    End,

    /// <summary>Any of the fields of pipeline tracing (EN-10). Never written.</summary>
    MessageSnapshot,
}

/// <summary>
/// The words of the X-header block as they are written: the names of its fields (EN), the keywords of EN-1 and EN-2 and their values. All
/// are read without case (EN-3).
/// </summary>
internal static class EnvelopeKeywords
{
    public const string Body = "BODY";
    public const string Ret = "RET";
    public const string EnvId = "ENVID";
    public const string Auth = "AUTH";
    public const string Notify = "NOTIFY";
    public const string Orcpt = "ORCPT";

    private static readonly string[] Fields =
    [
        "", "X-Sender", "X-Receiver", "X-CreatedBy", "X-HeloDomain", "X-ExtendedProps", "X-ExtendedMessageProps", "X-Source",
        "X-SourceIPAddress", "X-EndOfInjectedXHeaders",
    ];

    // As they are written, with the colon.
    private static readonly byte[][] Prefixes = [.. Fields.Select(name => Encoding.ASCII.GetBytes($"{name}: "))];

    public static readonly string[] OfSender = [Body, Ret, EnvId, Auth];
    public static readonly string[] OfRecipient = [Notify, Orcpt];

    public static readonly (string Text, BodyType Value)[] Bodies =
    [
        ("7bit", BodyType.SevenBit),
        ("8BITMIME", BodyType.EightBitMime),
        ("BINARYMIME", BodyType.BinaryMime),
    ];

    public static readonly (string Text, DsnReturn Value)[] Returns =
    [
        ("FULL", DsnReturn.Full),
        ("HDRS", DsnReturn.Hdrs),
    ];

    public static readonly (string Text, DsnNotify Value)[] Notifies =
    [
        ("NEVER", DsnNotify.Never),
        ("SUCCESS", DsnNotify.Success),
        ("FAILURE", DsnNotify.Failure),
        ("DELAY", DsnNotify.Delay),
    ];

    public static bool TryRead<T>((string Text, T Value)[] table, ReadOnlySpan<byte> octets, out T value)
    {
        foreach (var (text, candidate) in table)
        {
            if (!Ascii.EqualsIgnoreCase(octets, text))
                continue;
            value = candidate;
            return true;
        }
        value = default!;
        return false;
    }

    /// <summary>
    /// Octets of the keyword that begins the span: letters and digits, then also <c>-</c>, <c>.</c> and <c>_</c>; 0 when none does.
    /// </summary>
    public static int Length(ReadOnlySpan<byte> octets)
    {
        var i = 0;
        while (i < octets.Length && (char.IsAsciiLetterOrDigit((char)octets[i])
            || (i > 0 && octets[i] is (byte)'-' or (byte)'.' or (byte)'_')))
            i++;
        return i;
    }

    /// <summary>True for <c>NOTIFY=</c> and the like, of a sender or a recipient.</summary>
    public static bool BeginsKnown(ReadOnlySpan<byte> octets)
    {
        if (!ParameterSyntax.BeginsAssignment(octets))
            return false;
        var keyword = octets[..Length(octets)];
        return Find(OfSender, keyword) >= 0 || Find(OfRecipient, keyword) >= 0;
    }

    /// <summary>The place of a keyword in a table, without case; negative when it is not there.</summary>
    public static int Find(string[] table, ReadOnlySpan<byte> keyword)
    {
        for (var i = 0; i < table.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(keyword, table[i]))
                return i;
        }
        return -1;
    }

    public static bool IsKeyword(string text)
    {
        Span<byte> octets = stackalloc byte[256];
        return text.Length is > 0 and <= 256 && Ascii.IsValid(text)
            && Length(octets[..Encoding.ASCII.GetBytes(text, octets)]) == text.Length;
    }

    /// <summary>The name of the field.</summary>
    public static string Text(this InjectedName name) => Fields[(int)name];

    /// <summary>Name, colon and blank: what a line of the field begins with.</summary>
    public static ReadOnlySpan<byte> Prefix(this InjectedName name) => Prefixes[(int)name];

    /// <summary>Which field of the block the field is, without case (EN-3); <see cref="InjectedName.None"/> for any other field.</summary>
    public static InjectedName FieldOf(ReadOnlySpan<byte> octets, HeaderField field)
    {
        if (field.NameLength == 0 || octets[field.Start] is not ((byte)'X' or (byte)'x'))
            return InjectedName.None;
        for (var i = 1; i < Fields.Length; i++)
        {
            if (field.NameLength == Fields[i].Length && Ascii.EqualsIgnoreCase(field.Name(octets), Fields[i]))
                return (InjectedName)i;
        }
        return field.StartsWith(octets, "X-MessageSnapshot-"u8) ? InjectedName.MessageSnapshot : InjectedName.None;
    }
}
