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

    private static void Check(int status, string path)
    {
        if (status < 0)
            throw new IOException($"{Marshal.GetLastPInvokeErrorMessage()}: {path}");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "creat", SetLastError = true)]
    private static partial int Creat(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
