using System.Collections.Concurrent;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;

namespace ForeignConnector.Lib.Storage;

/// <summary>
/// Lets files that are published at the same time share their flushes. Each writer writes its own file and joins; the batch is whatever waits when the
/// last one ends, so a lone file never waits for company and there is no timer. Volumes do not wait for each other.
/// </summary>
internal sealed class GroupCommit(IFileSystem files, IPlatformFiles platform)
{
    private static readonly ConditionalWeakTable<IPlatformFiles, GroupCommit> Shared = [];

    private readonly CommitBatch _batch = new(files, platform);
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private long _order;

    /// <summary>The one for everybody who writes through the same platform: the queue and all connectors.</summary>
    public static GroupCommit For(IFileSystem files, IPlatformFiles platform) => Shared.GetValue(platform, key => new GroupCommit(files, key));

    /// <summary>To be asked for before a file is opened: tells which one was opened first.</summary>
    public long NextOrder() => Interlocked.Increment(ref _order);

    /// <summary>Completes when the file has its name and survives what <paramref name="flush"/> says.</summary>
    public Task<MoveResult> CommitAsync(CommitItem item, FlushMode flush)
    {
        if (flush == FlushMode.Grouped)
            _lines.GetOrAdd(platform.VolumeOf(item.Directory), static (_, batch) => new Line(batch), _batch).Join(item);
        else
            _batch.Run([item], durable: flush != FlushMode.None);
        return item.Completion;
    }

    /// <summary>Those who wait for one volume. Bounded by the deliveries that are under way.</summary>
    private sealed class Line(CommitBatch batch) : IThreadPoolWorkItem
    {
        private readonly Lock _gate = new();
        private List<CommitItem> _waiting = [];
        private bool _busy;

        public void Join(CommitItem item)
        {
            lock (_gate)
            {
                _waiting.Add(item);
                if (_busy)
                    return;
                _busy = true;
            }
            Schedule();
        }

        public void Execute()
        {
            List<CommitItem> next;
            lock (_gate)
            {
                next = _waiting;
                _waiting = [];
                if (next.Count == 0)
                {
                    _busy = false;
                    return;
                }
            }
            batch.Run(next, durable: true);
            // Behind those who just got their results, in the order of the pool: what they send next shall be in the next batch.
            Schedule();
        }

        // On another thread, so that somebody who starts several deliveries is not held up by the first.
        private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
