using System.Diagnostics;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>
/// A directory seen through FUSE (Debian: <c>fuse3</c>, <c>python3-fusepy</c>; root): no exclusive rename, and inode numbers that are made
/// of the names, as some network mounts have them.
/// </summary>
internal sealed class FuseVolume : IDisposable
{
    private const string Script = """
        import errno, os, sys, zlib
        try:
            from fusepy import FUSE, FuseOSError, Operations
        except ImportError:
            from fuse import FUSE, FuseOSError, Operations

        class Through(Operations):
            def __init__(self, root, links):
                self.root, self.links = root, links
            def full(self, path):
                return self.root + path
            def getattr(self, path, fh=None):
                s = os.lstat(self.full(path))
                found = {k: getattr(s, k) for k in ('st_mode', 'st_nlink', 'st_uid', 'st_gid', 'st_size', 'st_atime', 'st_ctime', 'st_mtime')}
                found['st_ino'] = zlib.crc32(path.encode()) + 2
                return found
            def readdir(self, path, fh):
                return ['.', '..'] + os.listdir(self.full(path))
            def open(self, path, flags):
                return os.open(self.full(path), flags)
            def create(self, path, mode, fi=None):
                return os.open(self.full(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
            def read(self, path, size, offset, fh):
                return os.pread(fh, size, offset)
            def write(self, path, data, offset, fh):
                return os.pwrite(fh, data, offset)
            def truncate(self, path, length, fh=None):
                os.truncate(self.full(path), length)
            def release(self, path, fh):
                os.close(fh)
                return 0
            def rename(self, old, new):
                os.rename(self.full(old), self.full(new))
            def link(self, target, source):
                if not self.links:
                    raise FuseOSError(errno.EPERM)
                os.link(self.full(source), self.full(target))
            def unlink(self, path):
                os.unlink(self.full(path))
            def rmdir(self, path):
                os.rmdir(self.full(path))
            def mkdir(self, path, mode):
                os.mkdir(self.full(path), mode)
            def chmod(self, path, mode):
                os.chmod(self.full(path), mode)

        FUSE(Through(sys.argv[1], sys.argv[3] == 'links'), sys.argv[2], foreground=True, nothreads=True, use_ino=True, allow_other=True, default_permissions=True, attr_timeout=0, entry_timeout=0)
        """;

    private readonly Process _server;

    private FuseVolume(string directory, Process server)
    {
        Directory = directory;
        _server = server;
    }

    public string Directory { get; }

    /// <summary>Mounts what is in <c>behind</c> as <c>seen</c>, both in the directory; null, with the cause in <paramref name="why"/>,
    /// where that is not possible.</summary>
    public static FuseVolume? TryMount(string directory, bool hasLinks, out string why)
    {
        why = "FUSE volumes need root, fuse3 and python3-fusepy";
        if (!OrdinaryAccount.IsAvailable || !File.Exists("/dev/fuse") || !File.Exists("/usr/bin/python3"))
            return null;
        var (behind, seen, script) = (Path.Combine(directory, "behind"), Path.Combine(directory, "seen"), Path.Combine(directory, "through.py"));
        System.IO.Directory.CreateDirectory(behind);
        System.IO.Directory.CreateDirectory(seen);
        File.WriteAllText(script, Script);
        var server = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, behind, seen, hasLinks ? "links" : "none"]) { RedirectStandardError = true })!;
        var isMounted = SpinWait.SpinUntil(() => server.HasExited || IsMounted(seen), TimeSpan.FromSeconds(20)) && !server.HasExited;
        if (isMounted)
            return new FuseVolume(seen, server);
        if (!server.HasExited)
            server.Kill();
        why += ": " + server.StandardError.ReadToEnd();
        server.Dispose();
        return null;
    }

    public void Dispose()
    {
        Hosts.Unix.TryRun("umount", "-l", Directory);
        _server.WaitForExit(TimeSpan.FromSeconds(20));
        _server.Dispose();
    }

    private static bool IsMounted(string path) => File.ReadAllText("/proc/self/mounts").Contains($" {path} fuse", StringComparison.Ordinal);
}
