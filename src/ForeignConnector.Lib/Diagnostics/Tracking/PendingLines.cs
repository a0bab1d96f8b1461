using System.Buffers;
using System.Text;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>
/// Lines that wait to be written, in UTF-8, at most so many octets: what does not fit is dropped and counted, and everything after it too
/// until the lines are taken, so that the remark about the loss stands where the loss is. Thread-safe.
/// </summary>
internal sealed class PendingLines(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Expected> _expected = [];
    private ArrayBufferWriter<byte> _lines = new();
    private int _held;
    private long _dropped;

    /// <summary>True when no line may be written now.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _lines.WrittenCount == 0;
        }
    }

    /// <summary>Adds a line; false when it was dropped.</summary>
    /// <param name="line">With its line end.</param>
    /// <param name="key">The submission it is about; null for none.</param>
    /// <param name="isFirst">True for the event that comes first in the life of a message.</param>
    public bool TryAdd(string line, UInt128? key = null, bool isFirst = true)
    {
        lock (_gate)
        {
            var octets = Encoding.UTF8.GetByteCount(line);
            if (_dropped > 0 || _lines.WrittenCount + _held + octets > capacity)
            {
                _dropped++;
                return false;
            }
            if (!isFirst && key is { } id && _expected.TryGetValue(id, out var expected))
            {
                expected.Held.Add(line);
                _held += octets;
            }
            else
            {
                Append(_lines, line);
            }
            return true;
        }
    }

    /// <summary>Holds lines about a submission back, apart from its first one, until the result is disposed (TR-2).</summary>
    public IDisposable Expect(UInt128 key)
    {
        lock (_gate)
        {
            // The same submission may be handed over twice at once.
            if (!_expected.TryGetValue(key, out var expected))
                _expected[key] = expected = new Expected(this, key);
            expected.Count++;
            return expected;
        }
    }

    /// <summary>Takes all lines that may be written and leaves an empty buffer in their place.</summary>
    /// <param name="empty">The buffer to leave.</param>
    /// <param name="remark">The remark about lines that were dropped.</param>
    /// <param name="dropped">How many were dropped.</param>
    public ArrayBufferWriter<byte> Take(ArrayBufferWriter<byte> empty, Func<long, string> remark, out long dropped)
    {
        lock (_gate)
        {
            var taken = _lines;
            _lines = empty;
            dropped = _dropped;
            if (dropped > 0)
                Append(taken, remark(dropped));
            _dropped = 0;
            return taken;
        }
    }

    private static void Append(ArrayBufferWriter<byte> lines, string text) => Encoding.UTF8.GetBytes(text, lines);

    private void Release(Expected expected)
    {
        lock (_gate)
        {
            if (--expected.Count > 0)
                return;
            _expected.Remove(expected.Key);
            foreach (var line in expected.Held)
            {
                _held -= Encoding.UTF8.GetByteCount(line);
                Append(_lines, line);
            }
            expected.Held.Clear();
        }
    }

    /// <summary>A submission whose first line is still to come.</summary>
    private sealed class Expected(PendingLines lines, UInt128 key) : IDisposable
    {
        public UInt128 Key => key;

        public List<string> Held { get; } = [];

        public int Count { get; set; }

        public void Dispose() => lines.Release(this);
    }
}
