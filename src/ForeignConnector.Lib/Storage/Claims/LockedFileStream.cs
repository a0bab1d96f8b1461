using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Storage.Claims;

/// <summary>Reads a part of a <see cref="LockedFile"/>. Closing it does not close the file.</summary>
/// <param name="file">The file.</param>
/// <param name="start">Octets to leave out at its beginning.</param>
/// <param name="end">Where the file is known to end, which saves the read that would find it out.</param>
internal sealed class LockedFileStream(LockedFile file, long start, long end = long.MaxValue) : ForwardStream
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
        if (_start + _read >= end)
            return 0;
        var read = file.Read(_start + _read, buffer);
        _read += read;
        return read;
    }
}

/// <summary>A file was written to while it was read: what was read of it is no message (PU-2).</summary>
internal sealed class FileChangedException() : IOException("the file was written to while it was read");
