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

internal static class InjectedNames
{
    private static readonly string[] Table =
    [
        "", "X-Sender", "X-Receiver", "X-CreatedBy", "X-HeloDomain", "X-ExtendedProps", "X-ExtendedMessageProps", "X-Source", "X-SourceIPAddress",
        "X-EndOfInjectedXHeaders",
    ];

    // As they are written, with the colon.
    private static readonly byte[][] Prefixes = [.. Table.Select(name => Encoding.ASCII.GetBytes($"{name}: "))];

    public static string Text(this InjectedName name) => Table[(int)name];

    /// <summary>Name, colon and blank: what a line of the field begins with.</summary>
    public static ReadOnlySpan<byte> Prefix(this InjectedName name) => Prefixes[(int)name];

    /// <summary>Which of them the field is, without case (EN-3); <see cref="InjectedName.None"/> for any other field.</summary>
    public static InjectedName Of(ReadOnlySpan<byte> octets, HeaderField field)
    {
        if (field.NameLength == 0 || octets[field.Start] is not ((byte)'X' or (byte)'x'))
            return InjectedName.None;
        for (var i = 1; i < Table.Length; i++)
        {
            if (field.NameLength == Table[i].Length && Ascii.EqualsIgnoreCase(field.Name(octets), Table[i]))
                return (InjectedName)i;
        }
        return field.StartsWith(octets, "X-MessageSnapshot-"u8) ? InjectedName.MessageSnapshot : InjectedName.None;
    }
}
