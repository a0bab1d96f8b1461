using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing.Directory;

namespace ForeignConnector.Lib.Tests.Queueing;

public class QueueIndexTests
{
    [Fact(DisplayName = "The queue remembers less than 500 octets of a message that waits")]
    public void An_entry_takes_little_memory()
    {
        const int entries = 20_000;
        var start = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        // What it allocates is never less than what it keeps, and no other test changes it.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var index = new QueueIndex();
        for (var i = 0; i < entries; i++)
        {
            var entry = new IndexedEntry(new SubmissionId(start.AddTicks(i), (UInt128)i), (ulong)i, "fax", "fax");
            Assert.True(index.Reserve(entry));
            index.Add(entry);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)entries;

        Assert.Equal(entries, index.Overview(default).Count);
        Assert.InRange(each, 1, 500);
    }
}
