using System.Buffers;
using System.Text;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>
/// Lines that wait to be written, in UTF-8, at most so many octets: what does not fit is dropped and counted, and everything after it too until
/// the lines are taken, so that the remark about the loss stands where the loss is. Thread-safe.
/// </summary>
internal sealed class PendingLines(int capacity)
{
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _lines = new();
    private long _dropped;

    /// <summary>Adds a line; false when it was dropped.</summary>
    public bool TryAdd(string line)
    {
        lock (_gate)
        {
            if (_dropped > 0 || _lines.WrittenCount + Encoding.UTF8.GetByteCount(line) > capacity)
            {
                _dropped++;
                return false;
            }
            Append(_lines, line);
            return true;
        }
    }

    /// <summary>Takes all lines and leaves an empty buffer in their place.</summary>
    /// <param name="empty">The buffer to leave.</param>
    /// <param name="remark">The remark about lines that were dropped.</param>
    public ArrayBufferWriter<byte> Take(ArrayBufferWriter<byte> empty, Func<long, string> remark)
    {
        lock (_gate)
        {
            var taken = _lines;
            _lines = empty;
            if (_dropped > 0)
                Append(taken, remark(_dropped));
            _dropped = 0;
            return taken;
        }
    }

    private static void Append(ArrayBufferWriter<byte> lines, string text) => Encoding.UTF8.GetBytes(text, lines);
}
