using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Storage;

/// <summary>Reads a part of a <see cref="LockedFile"/>, from an offset to its end. Closing it does not close the file.</summary>
internal sealed class LockedFileStream(LockedFile file, long start) : ForwardStream
{
    private readonly long _start = start;
    private long _read;

    public override long Length => file.Length - _start;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = file.Read(_start + _read, buffer);
        _read += read;
        return read;
    }
}
