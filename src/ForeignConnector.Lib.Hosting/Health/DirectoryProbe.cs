using System.IO.Abstractions;
using System.Security.Cryptography;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Hosting.Health;

/// <summary>
/// Tries a directory out with a file that no part of the transport and no gateway looks at (<c>healthcheck-….probe</c>), and takes it away again.
/// </summary>
internal sealed class DirectoryProbe(IFileSystem files, IPlatformFiles platform)
{
    /// <summary>What <see cref="Try"/> says of a directory that is not there.</summary>
    public const string Missing = "does not exist";

    /// <summary>Creates a file, renames it as a claim does, and deletes it.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Try(string directory)
    {
        if (!files.Directory.Exists(directory))
            return Missing;
        try
        {
            return Move(directory, directory) == MoveResult.Moved ? null : "does not let files be renamed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be written to ({e.GetType().Name})";
        }
    }

    /// <summary>True when a file can be renamed from one directory into the other; true also when that cannot be tried now.</summary>
    public bool AreOnOneVolume(string from, string to)
    {
        try
        {
            return Move(from, to) != MoveResult.OtherVolume;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Creates a file and deletes it, for whoever watches.</summary>
    /// <exception cref="IOException">It could not.</exception>
    public void Touch(string directory)
    {
        var path = NewPath(directory);
        Create(path);
        files.File.Delete(path);
    }

    private MoveResult Move(string from, string to)
    {
        var (before, after) = (NewPath(from), NewPath(to));
        Create(before);
        try
        {
            return platform.Move(before, after);
        }
        finally
        {
            files.File.Delete(before);
            files.File.Delete(after);
        }
    }

    private void Create(string path) => files.FileStream.New(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();

    private string NewPath(string directory) => files.Path.Combine(directory, $"healthcheck-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.probe");
}
