using System.Text;

namespace ForeignConnector.Lib.Shared;

/// <summary>A directory of its own on the real disk, deleted with all that is in it.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>The directory.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("fc-").FullName;

    /// <summary>Names of all entries, sorted by octets.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The path of an entry that may or may not exist.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, in UTF-8; returns its path.</summary>
    public string Write(string name, string text, DateTime? writtenUtc = null)
    {
        File.WriteAllBytes(this[name], Encoding.UTF8.GetBytes(text));
        if (writtenUtc is { } time)
            File.SetLastWriteTimeUtc(this[name], time);
        return this[name];
    }

    /// <summary>What a file holds.</summary>
    public string Read(string name) => File.ReadAllText(this[name]);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
