using System.Collections.Concurrent;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>The real thing, with steps that a test lets fail or wait, and a record of them.</summary>
internal sealed class ScriptedPlatformFiles(IPlatformFiles inner) : IPlatformFiles
{
    private readonly ConcurrentQueue<string> _steps = new();

    public Action<string> OnCreate { get; set; } = _ => { };

    public Func<string, string, MoveResult?> OnMove { get; set; } = (_, _) => null;

    public Func<string, string, MoveResult?> OnLink { get; set; } = (_, _) => null;

    public Action<string> OnFlush { get; set; } = _ => { };

    public Action<string> OnFlushFile { get; set; } = _ => { };

    public Action OnFlushVolume { get; set; } = () => { };

    /// <summary>False: the volume cannot be flushed as a whole.</summary>
    public bool CanFlushVolume { get; set; } = true;

    public Func<string, string?> OnVolume { get; set; } = _ => null;

    /// <summary>What was done, in order: <c>create</c>, <c>fsync</c>, <c>syncfs</c>, <c>rename</c>, <c>link</c>, <c>flush</c> and the name it was done to.</summary>
    public string[] Steps => [.. _steps];

    public string[] Flushed => [.. Steps.Where(step => step.StartsWith("flush ", StringComparison.Ordinal)).Select(step => step["flush ".Length..])];

    public int Count(string step) => Steps.Count(one => one.Split(' ')[0] == step);

    public OpenResult OpenExclusive(string path, out LockedFile? file) => inner.OpenExclusive(path, out file);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public bool MakePrivate(string directory) => inner.MakePrivate(directory);

    public DirectoryRules RulesOf(string directory) => inner.RulesOf(directory);

    public Stream? OpenRegular(string path) => inner.OpenRegular(path);

    public NewFile Create(string path, SharedAccess? access = null)
    {
        OnCreate(path);
        Note("create", path);
        return new File(this, path, inner.Create(path, access));
    }

    public MoveResult Move(string from, string to)
    {
        Note("rename", to);
        return OnMove(from, to) ?? inner.Move(from, to);
    }

    public MoveResult Link(string from, string to)
    {
        Note("link", to);
        return OnLink(from, to) ?? inner.Link(from, to);
    }

    public string VolumeOf(string directory) => OnVolume(directory) ?? inner.VolumeOf(directory);

    public void FlushDirectory(string directory)
    {
        _steps.Enqueue($"flush {directory}");
        OnFlush(directory);
        inner.FlushDirectory(directory);
    }

    public IReadOnlyList<string> RepairFileNames(string directory) => inner.RepairFileNames(directory);

    public VolumeSpace? SpaceAt(string directory) => inner.SpaceAt(directory);

    // Without the writer's own part of a temporary name.
    private void Note(string step, string path) =>
        _steps.Enqueue($"{step} {Path.GetFileName(path).Split(".eml")[0]}.eml{(path.EndsWith(FileNames.Temporary, StringComparison.Ordinal) ? FileNames.Temporary : "")}");

    private sealed class File(ScriptedPlatformFiles script, string path, NewFile inner) : NewFile
    {
        public override Stream Stream => inner.Stream;

        public override void Flush()
        {
            script.Note("fsync", path);
            script.OnFlushFile(path);
            inner.Flush();
        }

        public override bool CanFlushVolume => script.CanFlushVolume && inner.CanFlushVolume;

        public override void FlushVolume()
        {
            script.OnFlushVolume();
            script._steps.Enqueue("syncfs");
            inner.FlushVolume();
        }

        public override void Dispose() => inner.Dispose();
    }
}
