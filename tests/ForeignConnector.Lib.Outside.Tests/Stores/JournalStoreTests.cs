using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.TestKit;

namespace Outside.Stores;

/// <summary>A store of one's own passes the suite of the kit.</summary>
public sealed class JournalStoreTests : QueueStoreContract
{
    private readonly Journal _journal = new();

    protected override IQueueStore Open(TimeProvider time) => new JournalStore(_journal, time);
}
