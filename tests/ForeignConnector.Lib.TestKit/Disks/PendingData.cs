namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>What a file may hold whose last octets no flush covers: what it held when it was last flushed, nothing, a part, or all.</summary>
internal static class PendingData
{
    /// <summary>The possible contents of every file that was written to. One possibility means that it was flushed.</summary>
    public static Dictionary<int, List<DiskData>> At(DiskImage start, IReadOnlyList<DiskOperation> operations, int cut)
    {
        var possible = new Dictionary<int, List<DiskData>>();
        var latest = new Dictionary<int, FileWritten>();
        for (var i = 0; i < cut; i++)
        {
            switch (operations[i])
            {
                case FileWritten written:
                    latest[written.File.Id] = written;
                    Add(possible, start, written);
                    break;
                case FileFlushed flushed when latest.TryGetValue(flushed.File.Id, out var last):
                    possible[flushed.File.Id] = [last.Data];
                    break;
                case VolumeFlushed volume:
                    foreach (var written in latest.Values.Where(written => written.File.Volume == volume.Volume))
                        possible[written.File.Id] = [written.Data];
                    break;
            }
        }
        return possible;
    }

    private static void Add(Dictionary<int, List<DiskData>> possible, DiskImage start, FileWritten written)
    {
        if (!possible.TryGetValue(written.File.Id, out var contents))
            possible[written.File.Id] = contents = [start.Data.GetValueOrDefault(written.File.Id, new DiskData(default, written.Data.WrittenUtc))];
        foreach (var octets in Remains(written.Data.Octets))
        {
            if (!contents.Exists(known => known.Octets.Span.SequenceEqual(octets.Span)))
                contents.Add(written.Data with { Octets = octets });
        }
    }

    // The length of a file may reach the disk before its octets: what is missing reads as zeros.
    private static IEnumerable<ReadOnlyMemory<byte>> Remains(ReadOnlyMemory<byte> octets)
    {
        var half = octets[..(octets.Length / 2)];
        var zeros = new byte[octets.Length];
        half.CopyTo(zeros);
        return [default, half, zeros, octets];
    }
}
