using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Reports;

/// <summary>A report around the body of its original, which is read anew each time and never held in memory. Valid while the original
/// is.</summary>
/// <param name="head">The report up to and including the original's header.</param>
/// <param name="content">The original.</param>
/// <param name="original">Where its body begins, and what happens to its lines.</param>
/// <param name="tail">The rest of the report.</param>
internal sealed class ReportContent(
    ReadOnlyMemory<byte> head, MessageContent content, ReturnedOriginal original, ReadOnlyMemory<byte> tail) : MessageContent
{
    public override long Length => head.Length + original.BodyLength + tail.Length;

    public override Stream OpenRead()
    {
        var body = content.OpenRead();
        try
        {
            Skip(body, original.BodyOffset);
            return new Reader(head, body, original.BodyLines, tail);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static void Skip(Stream stream, int count)
    {
        if (stream.CanSeek)
        {
            stream.Seek(count, SeekOrigin.Current);
            return;
        }
        Span<byte> block = stackalloc byte[1024];
        while (count > 0)
        {
            var part = block[..Math.Min(count, block.Length)];
            stream.ReadExactly(part);
            count -= part.Length;
        }
    }

    /// <summary>The three, one after the other.</summary>
    private sealed class Reader(ReadOnlyMemory<byte> head, Stream body, LineEnds lineEnds, ReadOnlyMemory<byte> tail) : ForwardStream
    {
        private readonly PooledBuffer _changed = new(1);
        private ReadOnlyMemory<byte> _ready = head;
        private LineEnds _lineEnds = lineEnds;
        private bool _bodyEnded;

        private bool NeedsBody => _ready.IsEmpty && !_bodyEnded;

        public override int Read(Span<byte> buffer)
        {
            var read = NeedsBody && !buffer.IsEmpty ? Passed(buffer[..body.Read(buffer)]) : 0;
            return read > 0 ? read : Take(buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = 0;
            if (NeedsBody && !buffer.IsEmpty)
            {
                read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                read = Passed(buffer.Span[..read]);
            }
            return read > 0 ? read : Take(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
                _changed.Dispose();
            }
            base.Dispose(disposing);
        }

        // How many octets may stay where they are; with 0 something else is ready now.
        private int Passed(ReadOnlySpan<byte> piece)
        {
            if (piece.IsEmpty)
            {
                _bodyEnded = true;
                _ready = tail;
                return 0;
            }
            if (_lineEnds.Passes(piece))
                return piece.Length;
            _changed.Clear();
            _lineEnds.Write(piece, _changed);
            _ready = _changed.WrittenMemory;
            return 0;
        }

        private int Take(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _ready.Length);
            _ready.Span[..count].CopyTo(buffer);
            _ready = _ready[count..];
            return count;
        }
    }
}
