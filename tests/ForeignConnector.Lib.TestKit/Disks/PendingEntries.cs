namespace ForeignConnector.Lib.TestKit.Disks;

/// <summary>
/// The changes of directories that no flush covers, and which sets of them a disk may have kept. Changes of one directory reach it in any
/// order unless they concern the same name or the same file; different directories do not wait for each other. So a rename to another
/// directory may leave both names or none: file systems with a journal log it whole, but nobody promises it.
/// </summary>
internal sealed class PendingEntries
{
    private readonly List<EntriesChanged> _pending;
    private readonly int[][] _before;

    public PendingEntries(IReadOnlyList<DiskOperation> operations, int cut)
    {
        var kept = new HashSet<EntriesChanged>(ReferenceEqualityComparer.Instance);
        var changes = new List<EntriesChanged>();
        for (var i = 0; i < cut; i++)
        {
            switch (operations[i])
            {
                case EntriesChanged change:
                    changes.Add(change);
                    break;
                case DirectoryFlushed flushed:
                    kept.UnionWith(changes.Where(change => change.Directory == flushed.Directory));
                    break;
                case VolumeFlushed flushed:
                    kept.UnionWith(changes.Where(change => change.Directory.Volume == flushed.Volume));
                    break;
            }
        }
        Kept = [.. changes.Where(kept.Contains)];
        _pending = [.. changes.Where(change => !kept.Contains(change))];
        _before = [.. _pending.Select((change, i) => Enumerable.Range(0, i).Where(j => MustPrecede(_pending[j], change)).ToArray())];
    }

    /// <summary>What is on the disk for certain.</summary>
    public IReadOnlyList<EntriesChanged> Kept { get; }

    /// <summary>Every set of changes the disk may have kept, in the order they were made.</summary>
    public IEnumerable<IReadOnlyList<EntriesChanged>> All() => Choose(new bool[_pending.Count], 0);

    /// <summary>One such set.</summary>
    /// <param name="chance">0 to 1: that a change that may have been kept has been.</param>
    /// <param name="random">Decides.</param>
    public IReadOnlyList<EntriesChanged> Sample(double chance, Random random)
    {
        var taken = new bool[_pending.Count];
        for (var i = 0; i < taken.Length; i++)
            taken[i] = random.NextDouble() < chance && MayTake(taken, i);
        return Taken(taken);
    }

    private IEnumerable<IReadOnlyList<EntriesChanged>> Choose(bool[] taken, int next)
    {
        if (next == taken.Length)
        {
            yield return Taken(taken);
            yield break;
        }
        foreach (var take in MayTake(taken, next) ? (bool[])[true, false] : [false])
        {
            taken[next] = take;
            foreach (var set in Choose(taken, next + 1))
                yield return set;
        }
    }

    private bool MayTake(bool[] taken, int change) => Array.TrueForAll(_before[change], before => taken[before]);

    private List<EntriesChanged> Taken(bool[] taken) => [.. _pending.Where((_, i) => taken[i])];

    private static bool MustPrecede(EntriesChanged earlier, EntriesChanged later) =>
        earlier.Directory == later.Directory
        && earlier.Changes.Any(a => later.Changes.Any(b => a.Name == b.Name || a.Subject == b.Subject));
}
