using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// Keeps files that nothing can be done with beside the others: <c>name.bad</c> or <c>name.poison</c>, with the reason in a text file of
/// that name (BM-1, ND-4).
/// </summary>
internal sealed class SetAsideWriter(IFileSystem files, IPlatformFiles platform, TimeProvider time, string source)
{
    /// <summary>The extension of badmail.</summary>
    public const string Bad = ".bad";

    /// <summary>The extension of what the process died of.</summary>
    public const string Poison = ".poison";

    private const string ReasonExtension = ".txt";

    private readonly AtomicFile _atomic = new(files, platform);

    /// <summary>Sets the claimed file aside. The reason is on disk before the file gets its new name.</summary>
    /// <exception cref="IOException">It could not be set aside; it is claimed as before.</exception>
    public void Keep(FileClaim claim, string extension, Refusal refusal)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            File: {FileNames.ForLog(claim.OriginalName)}
            Directory: {source}
            Time: {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}
            Rule: {refusal.Rule}
            Reason: {refusal.Reason}

            {refusal.Advice}

            """);
        claim.SetAside(extension, ReasonExtension, path => _atomic.TryCreate(path, Encoding.UTF8.GetBytes(text)));
    }
}
