using System.Collections.Concurrent;
using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>
/// Lets files that are published at the same time share their flushes. Each writer joins with a file that is written, or left to the batch.
/// The next batch begins when the last one has ended and no more files come in a hurry, so a lone file never waits for company and there is
/// no timer. Volumes do not wait for each other.
/// </summary>
internal sealed class GroupCommit(IFileSystem files, IPlatformFiles platform)
{
    private static readonly ConditionalWeakTable<IPlatformFiles, GroupCommit> Shared = [];

    private readonly CommitBatch _batch = new(files, platform);
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>The one for all writers through the same platform: the queue and all connectors.</summary>
    public static GroupCommit For(IFileSystem files, IPlatformFiles platform) =>
        Shared.GetValue(platform, key => new GroupCommit(files, key));

    /// <summary>Completes when the file has its name and survives what <paramref name="flush"/> says.</summary>
    public Task<MoveResult> CommitAsync(CommitItem item, FlushMode flush)
    {
        if (flush == FlushMode.Grouped && platform.VolumeOf(item.Directory) is { Length: > 0 } volume)
            _lines.GetOrAdd(volume, static (_, batch) => new Line(batch), _batch).Join(item);
        else
            RunAlone(item, durable: flush != FlushMode.None);
        return item.Completion;
    }

    private void RunAlone(CommitItem item, bool durable)
    {
        _batch.Run([item], durable);
        item.Complete();
    }

    /// <summary>The items that wait for one volume. Bounded by the deliveries that are under way.</summary>
    private sealed class Line(CommitBatch batch) : IThreadPoolWorkItem
    {
        private readonly Lock _gate = new();
        private List<CommitItem> _waiting = [];
        private bool _busy;
        private int _expected;
        private int _seen;

        public void Join(CommitItem item)
        {
            lock (_gate)
            {
                _waiting.Add(item);
                if (_busy)
                    return;
                _busy = true;
            }
            Schedule(preferLocal: true);
        }

        public void Execute()
        {
            List<CommitItem> next;
            lock (_gate)
            {
                if (IsGrowing())
                {
                    Schedule(preferLocal: false);
                    return;
                }
                next = _waiting;
                _waiting = [];
                (_expected, _seen) = (0, -1);
                if (next.Count == 0)
                {
                    _busy = false;
                    return;
                }
            }
            batch.Run(next, durable: true);
            lock (_gate)
                _expected = next.Count + _waiting.Count;
            if (next is [var alone])
            {
                Schedule(preferLocal: true);
                // No other item needs this thread.
                alone.Complete();
                return;
            }
            foreach (var item in next)
                ThreadPool.UnsafeQueueUserWorkItem(static item => item.Complete(), item, preferLocal: false);
            Schedule(preferLocal: false);
        }

        // Writers that just got their results are about to send their next files, which shall be in the next batch with those that came
        // meanwhile. Writers get the threads of the pool as long as each look finds more of them, and no longer than until all of them are
        // there: no file waits for company that may not come.
        private bool IsGrowing()
        {
            var isGrowing = _waiting.Count < _expected && _waiting.Count > _seen;
            _seen = _waiting.Count;
            return isGrowing;
        }

        // On the pool, so that a caller that starts several deliveries is not held up by the first. A local item is the next work of this
        // thread: no other thread has to wake up for it.
        private void Schedule(bool preferLocal) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal);
    }
}

/// <summary>What a file must survive once it is published.</summary>
internal enum FlushMode
{
    /// <summary>A crash of the process. The system flushes when it likes: after a power cut the file may be gone or empty.</summary>
    None,

    /// <summary>A power cut. File and directory are flushed for this file alone, on the calling thread.</summary>
    Alone,

    /// <summary>A power cut. Files that are published at the same time share their flushes (<see cref="GroupCommit"/>).</summary>
    Grouped,
}
