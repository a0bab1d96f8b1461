using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Reports;

/// <summary>A report around the body of its original, which is read anew each time and never held in memory. Valid while the original is.</summary>
/// <param name="head">The report up to and including the original's header.</param>
/// <param name="original">The original.</param>
/// <param name="bodyOffset">Where its body begins.</param>
/// <param name="tail">The rest of the report.</param>
internal sealed class ReportContent(ReadOnlyMemory<byte> head, MessageContent original, int bodyOffset, ReadOnlyMemory<byte> tail) : MessageContent
{
    public override long Length => head.Length + (original.Length - bodyOffset) + tail.Length;

    public override Stream OpenRead()
    {
        var body = original.OpenRead();
        try
        {
            Skip(body, bodyOffset);
            return new Reader(head, body, tail);
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
    private sealed class Reader(ReadOnlyMemory<byte> head, Stream body, ReadOnlyMemory<byte> tail) : ForwardStream
    {
        private ReadOnlyMemory<byte> _ready = head;
        private bool _bodyEnded;

        public override int Read(Span<byte> buffer)
        {
            if (_ready.IsEmpty && !_bodyEnded && !buffer.IsEmpty)
            {
                if (body.Read(buffer) is > 0 and var read)
                    return read;
                EndBody();
            }
            return Take(buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_ready.IsEmpty && !_bodyEnded && !buffer.IsEmpty)
            {
                if (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                    return read;
                EndBody();
            }
            return Take(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                body.Dispose();
            base.Dispose(disposing);
        }

        private void EndBody()
        {
            _bodyEnded = true;
            _ready = tail;
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
