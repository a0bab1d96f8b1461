using System.Diagnostics;
using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>A FUSE file system at a directory, with faults that can be switched on and off (odd_fs.py). It has no exclusive rename.</summary>
internal sealed class OddFiles : IDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private readonly string _backing;

    private OddFiles(Process process, string directory, string backing)
    {
        _process = process;
        _directory = directory;
        _backing = backing;
    }

    /// <summary>Null, with a word in the output, where FUSE or its Python package is missing.</summary>
    public static async Task<OddFiles?> TryMountAsync(string directory, ITestOutputHelper output, params string[] ways)
    {
        var backing = directory + "-behind";
        Directory.CreateDirectory(directory);
        Directory.CreateDirectory(backing);
        if (!Unix.TryRun("/usr/bin/python3", "-c", "import fusepy"))
        {
            output.WriteLine("Not run: Python has no package fusepy here.");
            return null;
        }
        var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "odd_fs.py"), backing, directory, .. ways]) { RedirectStandardError = true })!;
        await Eventually.TrueAsync("the file system is mounted", () => process.HasExited || Unix.TryRun("mountpoint", "-q", directory));
        if (!process.HasExited)
            return new OddFiles(process, directory, backing);
        output.WriteLine("Not run: FUSE cannot be used here: " + await process.StandardError.ReadToEndAsync());
        process.Dispose();
        return null;
    }

    /// <summary>From now on every operation waits; a program that waits can be killed.</summary>
    public void Hang() => Signal("STOP");

    /// <summary>What waits goes on.</summary>
    public void GoOn() => Signal("CONT");

    /// <summary>Lets deletions fail: <c>eio</c> or <c>eperm</c>; or renames: <c>rename-eio</c> or <c>rename-eperm</c>.</summary>
    public void Begin(string fault) => File.WriteAllText($"{_backing}.{fault}", "");

    public void End(string fault) => File.Delete($"{_backing}.{fault}");

    public void Dispose()
    {
        GoOn();
        Unix.TryRun("umount", "-l", _directory);
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Signal(string name) => Unix.TryRun("sh", "-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {_process.Id}"));
}
