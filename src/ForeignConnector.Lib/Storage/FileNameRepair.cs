using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ForeignConnector.Lib.Storage;

/// <summary>Gives files with names that are not UTF-8 a name that is: each octet that does not belong becomes <c>%hh</c>.</summary>
internal static unsafe class FileNameRepair
{
    // Octets before d_name in struct dirent: 64-bit Linux, macOS.
    private static readonly int NameOffset = OperatingSystem.IsMacOS() ? 21 : 19;

    private const int MaxCandidates = 100;

    public static void Run(string directory)
    {
        if (nint.Size != 8)
            return;
        foreach (var name in InvalidNames(directory))
            Repair(directory, name);
    }

    // A lost race with another host that repairs the same name is no error, and neither is a name that could not be repaired: the next pass sees
    // what is there.
    private static void Repair(string directory, byte[] name)
    {
        foreach (var candidate in Candidates(Escape(name)))
        {
            fixed (byte* from = Join(directory, name))
            fixed (byte* to = Join(directory, Encoding.UTF8.GetBytes(candidate)))
            {
                if (UnixNative.RenameExclusive(from, to) == 0 || Marshal.GetLastPInvokeError() != UnixNative.EEXIST)
                    return;
            }
        }
    }

    /// <summary>The name, cut so that it fits a directory entry, then numbered ones: a file that has the name keeps it.</summary>
    private static IEnumerable<string> Candidates(string name)
    {
        var extension = Path.GetExtension(name);
        var stem = name[..^extension.Length];
        yield return FileNames.Join(stem, extension);
        for (var i = 2; i < MaxCandidates; i++)
            yield return FileNames.Join(stem, string.Create(CultureInfo.InvariantCulture, $"-{i}{extension}"));
    }

    /// <summary>The name as text, with <c>%hh</c> for each octet that is not part of valid UTF-8.</summary>
    public static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out var rune, out var length) == System.Buffers.OperationStatus.Done)
                text.Append(rune.ToString());
            else
                foreach (var octet in name[..length])
                    text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            name = name[length..];
        }
        return text.ToString();
    }

    private static List<byte[]> InvalidNames(string directory)
    {
        var found = new List<byte[]>();
        var stream = UnixNative.OpenDirectory(directory);
        if (stream == 0)
            return found;
        try
        {
            byte* entry;
            while ((entry = UnixNative.ReadDirectory(stream)) != null)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (!System.Text.Unicode.Utf8.IsValid(name))
                    found.Add(name.ToArray());
            }
        }
        finally
        {
            _ = UnixNative.CloseDirectory(stream);
        }
        return found;
    }

    private static byte[] Join(string directory, ReadOnlySpan<byte> name) =>
        [.. Encoding.UTF8.GetBytes(directory), (byte)'/', .. name, 0];
}
