using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Poison;

/// <summary>
/// How often the process ended while it worked on a file (ND-4): <c>name.crashes</c> beside <c>name.eml</c>, text that a person can read. The record of an
/// attempt is the claim itself; one of these exists only after a claim was found without its owner, and is gone when the file is done. It names the
/// file's identity, so that a new file of the same name is not blamed.
/// </summary>
internal sealed class CrashRecords(IFileSystem files, string directory, TimeProvider time)
{
    public const string Extension = ".crashes";

    private const string IdentityLabel = "Identity: ";
    private const string CountLabel = "Crashes: ";

    // Names as long as this may have been cut; whose they are cannot be told from them.
    private const int PerhapsCut = 248;

    /// <summary>The name of the record of a message.</summary>
    public static string NameFor(string message) => FileNames.Join(Path.GetFileNameWithoutExtension(message), Extension);

    /// <summary>How often so far; 0 when there is no record, or it is about another file or cannot be read.</summary>
    public int Read(string message, string identity)
    {
        var path = PathFor(message);
        if (!files.File.Exists(path))
            return 0;
        var lines = Encoding.UTF8.GetString(files.File.ReadAllBytes(path)).Split('\n', StringSplitOptions.TrimEntries);
        return Value(lines, IdentityLabel) == identity
            && int.TryParse(Value(lines, CountLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }

    /// <summary>Writes the record. It survives the process, which is what it is for; a power cut may take it back.</summary>
    public void Write(string message, string identity, int crashes)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            File: {FileNames.ForLog(message)}
            {IdentityLabel}{identity}
            {CountLabel}{crashes}
            Time: {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}

            The process ended while it worked on this file. It is tried again, alone; if that happens too often it is set aside as poison.

            """);
        files.File.WriteAllText(PathFor(message), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>The file is done, one way or the other.</summary>
    public void Remove(string message) => files.File.Delete(PathFor(message));

    /// <summary>Removes records whose file is gone: taken out by hand, or done just before the process ended.</summary>
    public void Sweep(IEnumerable<string> records)
    {
        foreach (var record in records)
        {
            var path = files.Path.Combine(directory, record);
            var hasFile = files.File.Exists(files.Path.ChangeExtension(path, FileNames.Message)) || files.File.Exists(files.Path.ChangeExtension(path, FileNames.Temporary));
            if (!hasFile && Encoding.UTF8.GetByteCount(record) < PerhapsCut)
                files.File.Delete(path);
        }
    }

    private string PathFor(string message) => files.Path.Combine(directory, NameFor(message));

    private static string? Value(string[] lines, string label) =>
        lines.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))?[label.Length..];
}
