using System.Runtime.InteropServices;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

/// <summary>Entries that .NET cannot make: FIFOs, and files with names that are not text.</summary>
internal static partial class Unix
{
    public static void MakeFifo(string path) => Check(MkFifo(path, 0x180), path);

    /// <summary>Creates an empty file whose name is made of octets, one for each character of <paramref name="latin1Name"/>.</summary>
    public static void CreateFile(string directory, string latin1Name)
    {
        var file = Creat([.. Encoding.UTF8.GetBytes(directory + "/"), .. Encoding.Latin1.GetBytes(latin1Name), 0], 0x180);
        Check(file, latin1Name);
        Check(Close(file), latin1Name);
    }

    /// <summary>Sets the mode of a file or directory, in octal digits.</summary>
    public static void SetMode(string path, string octal)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
    }

    /// <summary>The mode of a file or directory, in octal digits.</summary>
    public static string ModeOf(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    /// <summary>Sets the umask of this process, in octal digits; the one before.</summary>
    public static string SetUmask(string octal) => Convert.ToString((int)Umask(Convert.ToUInt32(octal, 8)), 8);

    public static void SetOwner(string path, int user, int group = -1) => Check(ChangeOwner(path, user, group), path);

    /// <summary>Owner and group, as numbers, with a colon between.</summary>
    public static string OwnerOf(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g", path]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().TrimEnd();
    }

    /// <summary>Gives a directory a default ACL: owner rw, the user rw, group nothing, mask rw, others nothing. False where the volume has
    /// none.</summary>
    public static bool TrySetDefaultAcl(string directory, int user)
    {
        const ushort userObject = 1, namedUser = 2, groupObject = 4, mask = 0x10, other = 0x20;
        using var acl = new MemoryStream();
        using var writer = new BinaryWriter(acl);
        writer.Write(2);
        foreach (var (tag, rights, id) in ((ushort, ushort, int)[])[(userObject, 6, -1), (namedUser, 6, user), (groupObject, 0, -1), (mask, 6, -1), (other, 0, -1)])
        {
            writer.Write(tag);
            writer.Write(rights);
            writer.Write(id);
        }
        return OperatingSystem.IsLinux() && SetAttribute(directory, "system.posix_acl_default", acl.ToArray(), (nint)acl.Length, 0) == 0;
    }

    private static void Check(int status, string path)
    {
        if (status < 0)
            throw new IOException($"{Marshal.GetLastPInvokeErrorMessage()}: {path}");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "creat", SetLastError = true)]
    private static partial int Creat(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(string path, string name, byte[] value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
