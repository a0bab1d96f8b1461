using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Whether a Drop directory has room (DR-6): the sum of the sizes of all message files in it, whoever wrote them.</summary>
internal sealed class DropQuota(ByteSize quota, IFileSystem files, string directory)
{
    /// <summary>True when a file of this size would not exceed the quota.</summary>
    public bool HasRoomFor(long octets)
    {
        if (quota.IsUnlimited)
            return true;
        var used = 0L;
        foreach (var file in files.DirectoryInfo.New(directory).EnumerateFiles())
        {
            if (file.Name.EndsWith(FileNames.Message, StringComparison.OrdinalIgnoreCase))
                used += SizeOf(file);
        }
        return octets <= quota.Octets - used;
    }

    // The gateway may take a file away between listing and looking.
    private static long SizeOf(IFileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
