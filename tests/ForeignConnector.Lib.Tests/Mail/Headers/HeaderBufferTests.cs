using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class HeaderBufferTests
{
    [Theory(DisplayName = "PU-5: a blank line ends the header; a file that ends with its header is an empty body")]
    [InlineData("A: 1\r\n\r\nbody", "A: 1\r\n", "\r\n", "body")]
    [InlineData("A: 1\n\nbody", "A: 1\n", "\n", "body")]
    [InlineData("A: 1\n\r\nbody", "A: 1\n", "\r\n", "body")]
    [InlineData("A: 1\r\n\nbody", "A: 1\r\n", "\n", "body")]
    [InlineData("A: 1\r\n\r\n", "A: 1\r\n", "\r\n", "")]
    [InlineData("A: 1\r\n\r\n\r\n", "A: 1\r\n", "\r\n", "\r\n")]
    [InlineData("\r\nbody", "", "\r\n", "body")]
    [InlineData("\nbody", "", "\n", "body")]
    [InlineData("A: 1\r\n", "A: 1\r\n", null, "")]
    [InlineData("A: 1", "A: 1", null, "")]
    [InlineData("A: 1\r\n\r", "A: 1\r\n\r", null, "")]
    [InlineData("A: 1\r\rB: 2", "A: 1\r\rB: 2", null, "")]
    [InlineData("A: 1\r\n \r\n\r\nbody", "A: 1\r\n \r\n", "\r\n", "body")]
    [InlineData("", "", null, "")]
    public async Task Finds_the_end_however_the_octets_arrive(string message, string header, string? blankLine, string body)
    {
        foreach (var chunk in new[] { 1, 2, 3, 7, 100 })
        {
            using var buffer = await ReadAsync(message, chunk);

            Assert.Equal(header, Encoding.ASCII.GetString(buffer.Octets[..buffer.End]));
            Assert.Equal((blankLine is not null, blankLine ?? "\r\n"), (buffer.HasBlankLine, Encoding.ASCII.GetString(buffer.BlankLine)));
            Assert.Equal(body, Encoding.ASCII.GetString(buffer.BodyStart.Span));
            Assert.False(buffer.IsTooLarge);
        }
    }

    [Theory(DisplayName = "PU-12: the preamble is skipped only when asked for, however the octets arrive")]
    [InlineData("From x\r\nA: 1\r\n\r\n", 8)]
    [InlineData("From x\n\nA: 1\r\n\r\n", 7)]
    [InlineData(" \r\nA: 1\r\n\r\n", 3)]
    [InlineData("Microsoft Mail Internet Headers Version 2.0\r\nA: 1\r\n\r\n", 45)]
    [InlineData("From x\nMicrosoft Mail Internet Headers Version 2.0\nA: 1\r\n", 51)]
    [InlineData("From x", 6)]
    [InlineData("A: 1\r\n\r\n", 0)]
    public async Task Skips_a_preamble(string message, int start)
    {
        foreach (var chunk in new[] { 1, 5, 100 })
        {
            using var skipping = await ReadAsync(message, chunk, skipPreamble: true);
            using var keeping = await ReadAsync(message, chunk);

            Assert.Equal((start, 0), (skipping.Start, keeping.Start));
        }
    }

    [Theory(DisplayName = "PU-3: a header may have as many octets as the limit, preamble and blank line not counted")]
    [InlineData("", 40_000, 40_000, false)]
    [InlineData("", 40_000, 39_999, true)]
    [InlineData("", 10, 10, false)]
    [InlineData("", 10, 9, true)]
    [InlineData("From x\r\n", 40_000, 40_000, false)]
    [InlineData("From x\r\n", 40_000, 39_999, true)]
    public async Task Measures_the_header(string preamble, int length, int limit, bool tooLarge)
    {
        var header = "A: ".PadRight(length - 2, 'x') + "\r\n";

        foreach (var end in new[] { "\r\nbody", "" })
        {
            using var buffer = await ReadAsync(preamble + header + end, chunk: 1 << 20, skipPreamble: true, limit);
            Assert.Equal(tooLarge, buffer.IsTooLarge);
        }
    }

    [Fact(DisplayName = "PU-3: no more is read in search of the blank line than the limit allows, within a factor of two")]
    public async Task Stops_reading_at_the_limit()
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("A: 1\r\n", 1 << 20))));

        using var buffer = await HeaderBuffer.ReadAsync(stream, limit: 64 << 10, skipPreamble: false, CancellationToken.None);

        Assert.True(buffer.IsTooLarge);
        Assert.InRange(stream.Position, 64 << 10, 256 << 10);
    }

    [Fact(DisplayName = "PU-10: what was read with the header and the rest of the stream are the whole message")]
    public async Task Loses_nothing()
    {
        var message = Encoding.ASCII.GetBytes("A: 1\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000)));
        using var stream = new DripStream(message, 4096);

        using var buffer = await HeaderBuffer.ReadAsync(stream, HeaderBuffer.Ceiling, skipPreamble: false, CancellationToken.None);
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);

        Assert.Equal(message, (byte[])[.. buffer.Octets, .. rest.ToArray()]);
    }

    [Fact(DisplayName = "PU-5: the end of the header is where the scanner finds the blank line, for any octets")]
    public void Agrees_with_the_scanner() => Gen.Char["A: \r\n\n"].Array[0, 30].Sample(characters =>
    {
        var message = new string(characters);
        using var buffer = ReadAsync(message, chunk: 3).GetAwaiter().GetResult();
        var octets = Encoding.ASCII.GetBytes(message);
        var scanner = new HeaderScanner(octets);
        while (scanner.TryRead(out _))
        {
        }
        return (buffer.End, buffer.HasBlankLine) == (scanner.Position, scanner.BlankLineLength > 0);
    });

    [Fact(DisplayName = "PU-2: an error of the disk comes through as it is")]
    public async Task Passes_errors_on()
    {
        using var stream = new FailingStream();

        await Assert.ThrowsAsync<IOException>(async () => await HeaderBuffer.ReadAsync(stream, 100, skipPreamble: false, CancellationToken.None));
    }

    private static async Task<HeaderBuffer> ReadAsync(string message, int chunk, bool skipPreamble = false, int limit = HeaderBuffer.Ceiling)
    {
        using var stream = new DripStream(Encoding.UTF8.GetBytes(message), chunk);
        return await HeaderBuffer.ReadAsync(stream, limit, skipPreamble, CancellationToken.None);
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("disk");
    }
}
