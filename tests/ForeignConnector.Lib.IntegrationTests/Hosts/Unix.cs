using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>What .NET has no call for.</summary>
internal static partial class Unix
{
    private const int TerminateSignal = 15;
    private const int ReadOnly = 0;

    /// <summary>Asks a process to stop (SIGTERM).</summary>
    public static void Terminate(int processId) => Check(Kill(processId, TerminateSignal));

    /// <summary>Makes a named pipe; opening it waits for the other end.</summary>
    public static void MakeFifo(string path) => Check(MkFifo(path, 0x1B6));

    /// <summary>Renames to a name of any octets.</summary>
    public static void Rename(string from, string directory, ReadOnlySpan<byte> name) =>
        Check(Rename([.. Encoding.UTF8.GetBytes(from), 0], [.. Encoding.UTF8.GetBytes(directory), (byte)'/', .. name, 0]));

    /// <summary>Flushes a directory: its entries survive a power cut. False when that cannot be promised.</summary>
    public static bool TryFlushDirectory(string path)
    {
        var directory = Open(path, ReadOnly);
        if (directory < 0)
            return false;
        var isFlushed = FSync(directory) == 0;
        return Close(directory) == 0 && isFlushed;
    }

    /// <summary>Runs a program; false when it is missing or fails, for example for want of rights.</summary>
    public static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int Rename(byte[] from, byte[] to);
}
