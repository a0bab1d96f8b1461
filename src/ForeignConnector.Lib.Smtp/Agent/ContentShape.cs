using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>What a server must be able to take for a message to go over as it is.</summary>
/// <param name="Length">Its octets in DATA, the line end that is added included, dots not (RFC 1870, 3).</param>
/// <param name="HasEightBit">An octet is not ASCII.</param>
/// <param name="HasBareLineEnds">There is CR without LF, or LF without CR.</param>
/// <param name="HasNul">There is an octet 0.</param>
internal readonly record struct ContentShape(long Length, bool HasEightBit, bool HasBareLineEnds, bool HasNul)
{
    private const int BlockSize = 64 << 10;

    /// <summary>True for what DATA cannot carry unchanged.</summary>
    public bool IsBinary => HasBareLineEnds || HasNul;

    /// <summary>Reads a message through once.</summary>
    public static async ValueTask<ContentShape> OfAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var (length, eightBit, nul, pairs, crs, lfs, last) = (0L, false, false, 0L, 0L, 0L, (byte)0);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                Count(block.AsSpan(0, read));
                length += read;
            }
        }
        ArrayPool<byte>.Shared.Return(block);
        return new(length + (last == '\n' ? 0 : 2), eightBit, crs != pairs || lfs != pairs, nul);

        void Count(ReadOnlySpan<byte> piece)
        {
            eightBit |= !Ascii.IsValid(piece);
            nul |= piece.Contains((byte)0);
            lfs += piece.Count((byte)'\n');
            crs += piece.Count((byte)'\r');
            pairs += piece.Count("\r\n"u8) + (last == '\r' && piece[0] == '\n' ? 1 : 0);
            last = piece[^1];
        }
    }
}
