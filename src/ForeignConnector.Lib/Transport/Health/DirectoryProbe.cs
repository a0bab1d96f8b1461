using System.IO.Abstractions;
using System.Security.Cryptography;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Transport.Health;

/// <summary>
/// Finds out whether a directory works. In the queue's own directory a file is made and renamed (<c>healthcheck-….probe</c>); directories
/// that others look at are only asked, never changed. A directory that does not answer holds nobody up.
/// </summary>
internal sealed class DirectoryProbe(IFileSystem files, IPlatformFiles platform, PatientQuestions questions)
{
    /// <summary>What is said of a directory that is not there.</summary>
    public const string Missing = "does not exist";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Creates a file in our own directory, renames it as a claim does, and deletes it.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public Task<string?> TryOwnAsync(string directory, CancellationToken cancellationToken) =>
        AskAsync($"health of own {directory}", () => TryOwn(directory), "does not answer", cancellationToken);

    /// <summary>Looks whether a directory is there, can be listed, and lets us write as far as its attributes tell.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public Task<string?> LookAsync(string directory, CancellationToken cancellationToken) =>
        AskAsync($"health of {directory}", () => Look(directory), "does not answer", cancellationToken);

    /// <summary>True when both directories are on one volume; true also when that cannot be told now.</summary>
    public Task<bool> AreOnOneVolumeAsync(string one, string other, CancellationToken cancellationToken) =>
        AskAsync($"volume of {other}", () => AreOnOneVolume(one, other), true, cancellationToken);

    /// <summary>Asks anything of a directory.</summary>
    /// <param name="name">The name of the question.</param>
    /// <param name="question">What to ask; errors of the file system give <paramref name="otherwise"/>, too.</param>
    /// <param name="otherwise">The answer when there is none within 5 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> AskAsync<T>(string name, Func<T> question, T otherwise, CancellationToken cancellationToken)
    {
        try
        {
            var (isAnswered, answer) = await questions.AskAsync(name, question, Patience, cancellationToken).ConfigureAwait(false);
            return isAnswered ? answer! : otherwise;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return otherwise;
        }
    }

    private string? Look(string directory)
    {
        try
        {
            if (!files.Directory.Exists(directory))
                return Missing;
            _ = files.Directory.EnumerateFileSystemEntries(directory).Any();
            return files.File.GetAttributes(directory).HasFlag(FileAttributes.ReadOnly) ? "cannot be written to" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({e.GetType().Name})";
        }
    }

    private string? TryOwn(string directory)
    {
        if (!files.Directory.Exists(directory))
            return Missing;
        try
        {
            return TryMove(directory) ? null : "does not let files be renamed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be written to ({e.GetType().Name})";
        }
    }

    private bool AreOnOneVolume(string one, string other) =>
        platform.VolumeOf(one) is not { Length: > 0 } here || platform.VolumeOf(other) is not { Length: > 0 } there || here == there;

    private bool TryMove(string directory)
    {
        var (before, after) = (NewPath(directory), NewPath(directory));
        files.FileStream.New(before, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        try
        {
            return platform.Move(before, after) == MoveResult.Moved;
        }
        finally
        {
            files.File.Delete(before);
            files.File.Delete(after);
        }
    }

    private string NewPath(string directory) =>
        files.Path.Combine(directory, $"healthcheck-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.probe");
}
