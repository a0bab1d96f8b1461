namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>
/// What a file may hold whose last octets no flush covers: what it held when it was last flushed, nothing, a part, or all. Octets that are
/// overwritten where they are leave the others alone, and reach the disk sector by sector.
/// </summary>
internal static class PendingData
{
    private const int Sector = 512;

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
                    Add(
                        possible, start, written,
                        latest.GetValueOrDefault(written.File.Id)?.Data ?? start.Data.GetValueOrDefault(written.File.Id));
                    latest[written.File.Id] = written;
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

    private static void Add(Dictionary<int, List<DiskData>> possible, DiskImage start, FileWritten written, DiskData? before)
    {
        if (!possible.TryGetValue(written.File.Id, out var contents))
            possible[written.File.Id] = contents =
                [start.Data.GetValueOrDefault(written.File.Id, new DiskData(default, written.Data.WrittenUtc))];
        var isInPlace = before is not null && before.Octets.Length == written.Data.Octets.Length;
        var remains = isInPlace
            ? contents.SelectMany(known => Overwritten(known.Octets, before!.Octets.Span, written.Data.Octets.Span)).ToArray()
            : Remains(written.Data.Octets);
        foreach (var octets in remains)
        {
            if (!contents.Exists(known => known.Octets.Span.SequenceEqual(octets.Span)))
                contents.Add(written.Data with { Octets = octets });
        }
    }

    // The changed octets over each of the contents there may be: all of them, or those of the first sectors.
    private static List<ReadOnlyMemory<byte>> Overwritten(ReadOnlyMemory<byte> known, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (known.Length != after.Length || before.SequenceEqual(after))
            return [];
        var from = before.CommonPrefixLength(after);
        var to = after.Length;
        while (after[to - 1] == before[to - 1])
            to--;
        var torn = Math.Min(to, ((from + to) / 2 / Sector * Sector) is var middle && middle > from ? middle : to);
        var found = new List<ReadOnlyMemory<byte>>();
        foreach (var end in (int[])[torn, to])
        {
            var octets = known.ToArray();
            after[from..end].CopyTo(octets.AsSpan(from));
            found.Add(octets);
        }
        return found;
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
