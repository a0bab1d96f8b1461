using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// Gives messages with names that are not UTF-8 a name that is and that nothing else has: each octet that does not belong becomes
/// <c>%hh</c>.
/// </summary>
internal static unsafe class FileNameRepair
{
    private const int MaxCandidates = 1000;

    // More have their turn at the next pass.
    private const int MaxNames = 10_000;

    // Octets before d_name in struct dirent: 64-bit Linux, macOS.
    private static readonly int NameOffset = OperatingSystem.IsMacOS() ? 21 : 19;

    /// <summary>Repairs the names in a directory.</summary>
    /// <returns>The names, as text, that the system refuses to change.</returns>
    public static IReadOnlyList<string> Run(string directory)
    {
        if (nint.Size != 8)
            return [];
        var refused = new List<string>();
        foreach (var name in InvalidNames(directory))
        {
            if (!TryRename(directory, name))
                refused.Add(Escape(name));
        }
        return refused;
    }

    private static bool TryRename(string directory, byte[] name)
    {
        var stem = Escape(name.AsSpan(0, name.Length - FileNames.Message.Length));
        for (var i = 1; i < MaxCandidates; i++)
        {
            var candidate = FileNames.Join(stem, i == 1 ? FileNames.Message : FormattableString.Invariant($"-{i}{FileNames.Message}"));
            var errno = ExclusiveRename.Run(UnixNative.Renaming, Join(directory, name), Join(directory, Encoding.UTF8.GetBytes(candidate)));
            // ENOENT is a lost race with another host that repairs the same name: no error, the next pass sees what is there.
            if (errno != UnixNative.EEXIST)
                return errno is 0 or UnixNative.ENOENT;
        }
        return false;
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
                    text.AppendEscape('%', octet);
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
            while (found.Count < MaxNames && (entry = UnixNative.ReadDirectory(stream)) != null)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (name.Length >= FileNames.Message.Length && Ascii.EqualsIgnoreCase(name[^FileNames.Message.Length..], FileNames.Message)
                    && !Utf8.IsValid(name))
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
