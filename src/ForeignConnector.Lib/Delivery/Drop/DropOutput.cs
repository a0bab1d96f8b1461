using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>Passes a message on, and keeps what goes wrong with that: any other error comes from reading the message.</summary>
internal sealed class DropOutput(Stream destination) : SinkStream
{
    public Exception? Failure { get; private set; }

    protected override void Take(ReadOnlySpan<byte> octets)
    {
        try
        {
            destination.Write(octets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e;
            throw;
        }
    }
}

/// <summary>Counts octets.</summary>
internal sealed class CountingOutput : SinkStream
{
    protected override void Take(ReadOnlySpan<byte> octets)
    {
    }
}

/// <summary>Compares what is written with a file, block by block.</summary>
internal sealed class ComparingOutput(Stream file) : SinkStream
{
    private readonly byte[] _block = new byte[4 << 10];
    private bool _isEqual = true;

    /// <summary>True when the file has exactly the octets that were written.</summary>
    public bool IsWhole => _isEqual && file.ReadByte() < 0;

    protected override void Take(ReadOnlySpan<byte> octets)
    {
        while (_isEqual && !octets.IsEmpty)
        {
            var expected = octets[..Math.Min(octets.Length, _block.Length)];
            var read = file.ReadAtLeast(_block.AsSpan(0, expected.Length), expected.Length, throwOnEndOfStream: false);
            _isEqual = expected.SequenceEqual(_block.AsSpan(0, read));
            octets = octets[expected.Length..];
        }
    }
}
