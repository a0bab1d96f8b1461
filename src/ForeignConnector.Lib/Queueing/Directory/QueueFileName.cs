using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// How a queue file is called, and the Drop file it becomes: the submission's id, then a mark of the connector and the recipients. The same
/// set of recipients in any order gives the same name; any other set, and any other connector with the same Drop directory, another one
/// (RT-5, DR-5).
/// </summary>
internal static class QueueFileName
{
    private const int MarkLength = 16;

    /// <summary>The name of an entry. 74 characters, however many recipients there are.</summary>
    public static string For(MailItem item, string connector) => Format(item.Id, Mark(connector, item.Envelope.Recipients));

    /// <summary>The name of an entry whose mark is known.</summary>
    public static string Format(SubmissionId id, ulong mark) => string.Create(CultureInfo.InvariantCulture, $"{id}-{mark:x16}");

    /// <summary>The submission and the mark in the name of a queue file without its extension.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out SubmissionId id, out ulong mark)
    {
        id = default;
        mark = 0;
        return name.LastIndexOf('-') is > 0 and var dash
            && name.Length - dash - 1 == MarkLength
            // Numbers may end with NUL where they are parsed, and names may not.
            && !name.EndsWith('\0')
            && ulong.TryParse(name[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mark)
            && SubmissionId.TryParse(name[..dash], out id);
    }

    /// <summary>64 bits of a hash: entries of one submission never meet by chance.</summary>
    public static ulong Mark(string connector, IEnumerable<EnvelopeRecipient> recipients)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(connector.ToUpperInvariant()));
        // No part of a recipient has a line end in it (EN-7).
        foreach (var line in recipients.Select(Describe).Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        Span<byte> octets = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(octets);
        return BinaryPrimitives.ReadUInt64BigEndian(octets);
    }

    private static string Describe(EnvelopeRecipient recipient) =>
        $"\n{recipient.Address} {(int)recipient.Notify} {recipient.OriginalRecipient}";
}
