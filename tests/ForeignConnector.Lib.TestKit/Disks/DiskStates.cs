namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>
/// What a disk may show after a power cut. Pure: from what was on it and the operations up to the cut. What a flush covers is there; octets
/// that none covers are there, in part or not at all; so is each change of a directory (<see cref="PendingEntries"/>).
/// </summary>
/// <param name="start">The disk before the first operation, all of it durable.</param>
/// <param name="operations">What the program did.</param>
/// <param name="limit">At most so many states per cut: all of them if there are no more, otherwise the extreme ones and a sample, always
/// the same.</param>
public sealed class DiskStates(DiskImage start, IReadOnlyList<DiskOperation> operations, int limit = 256)
{
    private static readonly double[] Chances = [1, 0, 0.9, 0.5, 0.1];

    /// <summary>Cuts: before the first operation, after each one.</summary>
    public int Cuts => operations.Count + 1;

    /// <summary>How many cuts had more states than the limit.</summary>
    public int SampledCuts { get; private set; }

    /// <summary>The states after the first <paramref name="cut"/> operations, each different.</summary>
    public IEnumerable<DiskImage> At(int cut)
    {
        var entries = new PendingEntries(operations, cut);
        var data = PendingData.At(start, operations, cut);
        var durable = entries.Kept.Aggregate(start with { NextId = NextId(cut) }, (image, change) => image.After(change));
        var all = entries.All().SelectMany(set => Fill(Apply(durable, set), data)).Take(limit + 1).ToList();
        if (all.Count > limit)
        {
            SampledCuts++;
            all = [.. Sample(durable, entries, data, new Random(cut))];
        }
        return all.DistinctBy(image => image.Key);
    }

    /// <summary>The disk as the programs on it see it: everything took effect.</summary>
    public static DiskImage Latest(DiskImage start, IEnumerable<DiskOperation> operations) =>
        operations.Aggregate(start, (image, operation) => image.After(operation));

    private int NextId(int cut) => operations.Take(cut).OfType<EntriesChanged>()
        .SelectMany(change => change.Changes)
        .Aggregate(start.NextId, (next, change) => Math.Max(next, change.Subject.Id + 1));

    private static DiskImage Apply(DiskImage image, IEnumerable<EntriesChanged> changes) =>
        changes.Aggregate(image, (result, change) => result.After(change));

    // Every combination of what the files that can be reached may hold.
    private static IEnumerable<DiskImage> Fill(DiskImage image, Dictionary<int, List<DiskData>> data)
    {
        IEnumerable<DiskImage> filled = [image];
        foreach (var id in Reached(image, data))
            filled = filled.SelectMany(before => data[id].Select(contents => before with { Data = before.Data.SetItem(id, contents) }));
        return filled;
    }

    private IEnumerable<DiskImage> Sample(DiskImage durable, PendingEntries entries, Dictionary<int, List<DiskData>> data, Random random)
    {
        for (var i = 0; i < limit; i++)
        {
            var image = Apply(durable, entries.Sample(Chances[i % Chances.Length], random));
            foreach (var id in Reached(image, data))
            {
                // The first rounds: all that was written, then a half and zeros.
                var choice = i < 2 * Chances.Length ? i / Chances.Length : random.Next(data[id].Count);
                image = image with { Data = image.Data.SetItem(id, data[id][^Math.Min(choice + 1, data[id].Count)]) };
            }
            yield return image;
        }
    }

    private static IEnumerable<int> Reached(DiskImage image, Dictionary<int, List<DiskData>> data) =>
        image.Files.Select(file => file.Node.Id).Where(data.ContainsKey).Distinct().Order();
}
