using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Mail;

/// <summary>The fields of the X-header block, in the order they are written (EN).</summary>
internal enum InjectedName
{
    None,
    Sender,
    Receiver,
    CreatedBy,
    HeloDomain,
    ExtendedProps,
    Source,
    SourceIPAddress,
    End,
}

internal static class InjectedNames
{
    private static readonly string[] Table =
    [
        "", "X-Sender", "X-Receiver", "X-CreatedBy", "X-HeloDomain", "X-ExtendedProps", "X-Source", "X-SourceIPAddress", "X-EndOfInjectedXHeaders",
    ];

    public static string Text(this InjectedName name) => Table[(int)name];

    /// <summary>Which of them the field is, without case (EN-3); <see cref="InjectedName.None"/> for any other field.</summary>
    public static InjectedName Of(ReadOnlySpan<byte> octets, HeaderField field)
    {
        for (var i = 1; i < Table.Length; i++)
        {
            if (field.NameLength == Table[i].Length && System.Text.Ascii.EqualsIgnoreCase(field.Name(octets), Table[i]))
                return (InjectedName)i;
        }
        return InjectedName.None;
    }
}
