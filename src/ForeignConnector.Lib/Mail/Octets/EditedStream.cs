using System.IO.Abstractions;

namespace ForeignConnector.Lib.Mail.Octets;

/// <summary>
/// Reads octets that are in memory, then the rest of a stream with its line ends edited. A piece in which nothing has to change is read in
/// place.
/// </summary>
/// <param name="front">The first octets.</param>
/// <param name="rest">The octets that follow, from its position; disposed with this.</param>
/// <param name="lineEnds">What happens to the lines of the rest.</param>
/// <param name="atEnd">Called when the end of the rest is reached; may throw.</param>
internal sealed class EditedStream(ReadOnlyMemory<byte> front, Stream rest, LineEnds lineEnds, Action? atEnd = null) : ForwardStream
{
    private readonly PooledBuffer _converted = new(1);
    private ReadOnlyMemory<byte> _ready = front;
    private LineEnds _lineEnds = lineEnds;
    private bool _ended;

    /// <summary>True once something had to change, or may have.</summary>
    public bool Changes { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_ready.IsEmpty && !_ended)
        {
            var read = rest.Read(buffer);
            if (PassesInPlace(buffer[..read]))
                return read;
        }
        return TakeReady(buffer);
    }

    // A local file and memory answer at once; what an application's stream does is not known.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        rest is FileSystemStream or ForwardStream or MemoryStream
            ? base.ReadAsync(buffer, cancellationToken)
            : ReadUnknownAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _converted.Dispose();
        rest.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadUnknownAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_ready.IsEmpty && !_ended)
        {
            var read = await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (PassesInPlace(buffer.Span[..read]))
                return read;
        }
        return TakeReady(buffer.Span);
    }

    // False when the piece is converted, or was the last.
    private bool PassesInPlace(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
            atEnd?.Invoke();
        else if (_lineEnds.Passes(piece))
            return true;
        Changes |= !piece.IsEmpty;
        _converted.Clear();
        _lineEnds.Write(piece, _converted);
        if (piece.IsEmpty)
        {
            _lineEnds.Complete(_converted);
            _ended = true;
        }
        _ready = _converted.WrittenMemory;
        return false;
    }

    private int TakeReady(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }
}
