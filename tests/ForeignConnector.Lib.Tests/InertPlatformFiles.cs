using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Tests;

/// <summary>A platform of which a test needs a few members only; the others pass calls on, or throw when there is nobody to pass them on to.</summary>
internal abstract class InertPlatformFiles(IPlatformFiles? inner = null) : IPlatformFiles
{
    private IPlatformFiles Inner => inner ?? throw new NotSupportedException();

    public virtual OpenResult OpenExclusive(string path, out LockedFile? file) => Inner.OpenExclusive(path, out file);

    public virtual Stream? OpenRegular(string path) => Inner.OpenRegular(path);

    public virtual NewFile Create(string path, SharedAccess? access = null) => Inner.Create(path, access);

    public virtual void CreateDirectory(string path) => Inner.CreateDirectory(path);

    public virtual bool MakePrivate(string directory) => Inner.MakePrivate(directory);

    public virtual DirectoryRules RulesOf(string directory) => Inner.RulesOf(directory);

    public virtual MoveResult Move(string from, string to) => Inner.Move(from, to);

    public virtual MoveResult Link(string from, string to) => Inner.Link(from, to);

    public virtual string VolumeOf(string directory) => Inner.VolumeOf(directory);

    public virtual void FlushDirectory(string directory) => Inner.FlushDirectory(directory);

    public virtual IReadOnlyList<string> RepairFileNames(string directory) => Inner.RepairFileNames(directory);

    public virtual VolumeSpace? SpaceAt(string directory) => Inner.SpaceAt(directory);
}
