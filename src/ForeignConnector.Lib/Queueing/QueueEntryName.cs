using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>
/// How a queue file is called, and the Drop file it becomes: the submission's id, then a mark of the connector, so that two connectors with one
/// Drop directory never share a name (DR-5).
/// </summary>
internal static class QueueEntryName
{
    public static string For(SubmissionId id, string connector)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(connector.ToUpperInvariant()), hash);
        return string.Create(CultureInfo.InvariantCulture, $"{id}-{Convert.ToHexStringLower(hash[..4])}");
    }

    /// <summary>The submission in the name of a queue file without its extension.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out SubmissionId id)
    {
        id = default;
        return name.LastIndexOf('-') is > 0 and var dash && SubmissionId.TryParse(name[..dash], out id);
    }
}
