using System.Collections.Concurrent;
using System.IO.Abstractions;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>
/// The <see cref="TransportPaths.Identity">identities</see> of directories, asked of the volumes without waiting for those that hang
/// (BP-1): their paths stand for themselves.
/// </summary>
internal sealed class DirectoryIdentities(IFileSystem files, PatientQuestions questions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The identity of each path; waits no longer than 2 seconds in all.</summary>
    public IReadOnlyDictionary<string, string> Of(TransportPaths paths, IEnumerable<string> directories)
    {
        var all = directories.Distinct(StringComparer.Ordinal).ToArray();
        var found = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        // What stands side by side is on one volume as a rule.
        var answers = all.GroupBy(path => files.Path.GetDirectoryName(path) ?? path, StringComparer.Ordinal)
            .Select(group =>
                questions.AskAsync($"identity in {group.Key}", () => Resolve(paths, [.. group], found), Patience, CancellationToken.None));
        Task.WhenAll(answers).GetAwaiter().GetResult();
        return all.ToDictionary(path => path, path => found.GetValueOrDefault(path, path), StringComparer.Ordinal);
    }

    private static bool Resolve(TransportPaths paths, string[] directories, ConcurrentDictionary<string, string> found)
    {
        foreach (var directory in directories)
            found[directory] = paths.Identity(directory);
        return true;
    }
}
