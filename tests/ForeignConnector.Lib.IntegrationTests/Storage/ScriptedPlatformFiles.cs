using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>The real thing, with steps that a test lets fail.</summary>
internal sealed class ScriptedPlatformFiles(IPlatformFiles inner) : IPlatformFiles
{
    public Func<string, string, MoveResult?> OnMove { get; set; } = (_, _) => null;

    public Action<string> OnFlush { get; set; } = _ => { };

    public List<string> Flushed { get; } = [];

    public OpenResult OpenExclusive(string path, out LockedFile? file) => inner.OpenExclusive(path, out file);

    public MoveResult Move(string from, string to) => OnMove(from, to) ?? inner.Move(from, to);

    public void FlushDirectory(string directory)
    {
        Flushed.Add(directory);
        OnFlush(directory);
        inner.FlushDirectory(directory);
    }

    public void RepairFileNames(string directory) => inner.RepairFileNames(directory);

    public VolumeSpace? SpaceAt(string directory) => inner.SpaceAt(directory);
}
