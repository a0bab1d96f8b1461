using System.Buffers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Tests.Mail;

public class PooledBufferTests
{
    [Fact(DisplayName = "DR-4: a buffer grows without losing what was written, and is used again")]
    public void Grows_and_is_used_again()
    {
        using var buffer = new PooledBuffer(16);
        var octets = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();

        for (var round = 0; round < 2; round++)
        {
            foreach (var piece in octets.Chunk(777))
                buffer.Write(piece);

            Assert.Equal(octets.Length, buffer.Written);
            Assert.True(buffer.WrittenMemory.Span.SequenceEqual(octets));
            buffer.Clear();
            Assert.True(buffer.WrittenMemory.IsEmpty);
        }
    }

    [Theory(DisplayName = "DR-4: there is always room for what is asked, one octet at least")]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1 << 20, 1 << 20)]
    public void Has_room(int asked, int least)
    {
        using var buffer = new PooledBuffer(16);
        buffer.Advance(buffer.GetSpan().Length);

        Assert.InRange(buffer.GetSpan(asked).Length, least, int.MaxValue);
        Assert.InRange(buffer.GetMemory(asked).Length, least, int.MaxValue);
    }

    [Fact(DisplayName = "DR-4: disposing twice gives the array back once")]
    public void Can_be_disposed_twice()
    {
        var buffer = new PooledBuffer(16);
        buffer.Dispose();
        buffer.Dispose();

        var (first, second) = (ArrayPool<byte>.Shared.Rent(16), ArrayPool<byte>.Shared.Rent(16));

        Assert.NotSame(first, second);
    }
}
