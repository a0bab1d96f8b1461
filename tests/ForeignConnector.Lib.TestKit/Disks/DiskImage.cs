using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>Everything on a disk at one moment. Immutable.</summary>
/// <param name="Entries">The directories by <see cref="DiskNode.Id"/>; 0 is the root.</param>
/// <param name="Data">The files by <see cref="DiskNode.Id"/>.</param>
/// <param name="NextId">The first id that was never used.</param>
public sealed record DiskImage(
    ImmutableDictionary<int, ImmutableSortedDictionary<string, DiskNode>> Entries, ImmutableDictionary<int, DiskData> Data, int NextId)
{
    /// <summary>The root directory of every disk.</summary>
    public static readonly DiskNode Root = new(0, IsDirectory: true, DateTime.UnixEpoch);

    private static readonly ImmutableSortedDictionary<string, DiskNode> NoEntries =
        ImmutableSortedDictionary.Create<string, DiskNode>(StringComparer.Ordinal);

    /// <summary>A disk with a root and nothing in it.</summary>
    public static DiskImage Empty { get; } = new(
        ImmutableDictionary<int, ImmutableSortedDictionary<string, DiskNode>>.Empty.Add(Root.Id, NoEntries),
        ImmutableDictionary<int, DiskData>.Empty,
        NextId: 1);

    /// <summary>The files that can be reached from the root, by path, in order.</summary>
    public IEnumerable<(string Path, DiskNode Node, DiskData Data)> Files => Walk("", Root)
        .Where(found => !found.Node.IsDirectory)
        .Select(found => (found.Path, found.Node, Data[found.Node.Id]));

    /// <summary>Equal for disks that no program can tell apart.</summary>
    public string Key
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (path, node) in Walk("", Root))
                text.Append(path).Append(node.IsDirectory ? "/" : $"={Hash(Data[node.Id].Octets.Span)}").Append('#').Append(node.Id)
                    .Append('\n');
            return text.ToString();
        }
    }

    /// <summary>The disk after an operation that took effect.</summary>
    public DiskImage After(DiskOperation operation) => operation switch
    {
        FileWritten written => this with { Data = Data.SetItem(written.File.Id, written.Data) },
        EntriesChanged changed => After(changed),
        _ => this,
    };

    /// <summary>Paths and sizes, for the message of a failed test.</summary>
    public override string ToString() =>
        string.Join('\n', Walk("", Root)
            .Select(found => found.Node.IsDirectory ? found.Path + "/" : $"{found.Path} ({Data[found.Node.Id].Octets.Length})"));

    private DiskImage After(EntriesChanged changed)
    {
        var entries = Entries.GetValueOrDefault(changed.Directory.Id, NoEntries);
        var (directories, data, next) = (Entries, Data, NextId);
        foreach (var change in changed.Changes)
        {
            entries = change.Node is null ? entries.Remove(change.Name) : entries.SetItem(change.Name, change.Node);
            next = Math.Max(next, change.Subject.Id + 1);
            if (change.Node is { IsDirectory: true } directory && !directories.ContainsKey(directory.Id))
                directories = directories.Add(directory.Id, NoEntries);
            if (change.Node is { IsDirectory: false } file && !data.ContainsKey(file.Id))
                data = data.Add(file.Id, new DiskData(default, file.CreatedUtc));
        }
        return new DiskImage(directories.SetItem(changed.Directory.Id, entries), data, next);
    }

    private IEnumerable<(string Path, DiskNode Node)> Walk(string path, DiskNode directory)
    {
        foreach (var (name, node) in Entries[directory.Id])
        {
            yield return ($"{path}/{name}", node);
            foreach (var below in node.IsDirectory ? Walk($"{path}/{name}", node) : [])
                yield return below;
        }
    }

    private static string Hash(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(SHA256.HashData(octets).AsSpan(0, 8));
}
