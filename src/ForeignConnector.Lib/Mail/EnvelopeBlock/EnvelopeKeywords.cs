using System.Text;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>The keywords of EN-1 and EN-2 and the values they take, as they are written; read without case (EN-3).</summary>
internal static class EnvelopeKeywords
{
    public const string Body = "BODY";
    public const string Ret = "RET";
    public const string EnvId = "ENVID";
    public const string Auth = "AUTH";
    public const string Notify = "NOTIFY";
    public const string Orcpt = "ORCPT";

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

    /// <summary>Octets of the keyword that begins the span: letters and digits, then also <c>-</c>, <c>.</c> and <c>_</c>; 0 when none does.</summary>
    public static int Length(ReadOnlySpan<byte> octets)
    {
        var i = 0;
        while (i < octets.Length && (char.IsAsciiLetterOrDigit((char)octets[i]) || (i > 0 && octets[i] is (byte)'-' or (byte)'.' or (byte)'_')))
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
        return text.Length is > 0 and <= 256 && Ascii.IsValid(text) && Length(octets[..Encoding.ASCII.GetBytes(text, octets)]) == text.Length;
    }
}
