using System.Buffers;
using System.Text;
using CsCheck;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Tests.Mail;

public class LineEndsTests
{
    private delegate void Step(ref LineEnds lineEnds, byte[] piece, PooledBuffer output);

    private static readonly Gen<string[]> Pieces = Gen.Char["\r\n.ab\0\u00fc"].Array[0, 6].Select(characters => new string(characters)).Array[0, 12];

    [Theory(DisplayName = "DR-4, PU-12: a bare LF becomes CRLF; CRLF, a bare CR and NUL stay")]
    [InlineData("", "")]
    [InlineData("a\nb", "a\r\nb")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData("a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("a\rb\r", "a\rb\r")]
    [InlineData("a\r\r\n\n\r", "a\r\r\n\r\n\r")]
    [InlineData("\0\u00fc\n", "\0\u00fc\r\n")]
    [InlineData(".a\n..b\n.\n", ".a\r\n..b\r\n.\r\n")]
    public void Normalizes(string text, string expected) => Assert.Equal(expected, Convert(normalize: true, unstuff: false, text));

    [Theory(DisplayName = "PU-12: dot-stuffing is taken off when an option says so")]
    [InlineData("..a\r\n", ".a\r\n")]
    [InlineData(".a\n", "a\r\n")]
    [InlineData("a..b\r\n...\r\n", "a..b\r\n..\r\n")]
    [InlineData(".\r\n", ".\r\n")]
    [InlineData(".\n.", ".\r\n.")]
    [InlineData("..", ".")]
    [InlineData("a\r..b", "a\r..b")]
    [InlineData("\n\n..", "\r\n\r\n.")]
    public void Takes_dot_stuffing_off(string text, string expected) => Assert.Equal(expected, Convert(normalize: true, unstuff: true, text));

    [Fact(DisplayName = "PU-12: a BINARYMIME message passes unchanged")]
    public void Passes_unchanged() => Pieces.Sample(pieces => Convert(normalize: false, unstuff: false, pieces) == string.Concat(pieces));

    [Fact(DisplayName = "PU-12: line ends are the same however the message is cut into pieces")]
    public void Works_across_pieces() => Pieces.Sample(pieces => Convert(normalize: true, unstuff: false, pieces) == Naive(string.Concat(pieces)), iter: 2000);

    [Fact(DisplayName = "PU-12: line ends are the same wherever a message of any length is cut in two")]
    public void Works_at_every_cut() => Lines(300).Sample(
        text => Enumerable.Range(0, text.Length + 1).All(cut => Convert(normalize: true, unstuff: false, text[..cut], text[cut..]) == Naive(text)),
        iter: 500);

    [Fact(DisplayName = "PU-12: so is dot-stuffing")]
    public void Unstuffs_across_pieces() => Gen.Select(Pieces, Gen.Bool).Sample(
        (pieces, normalize) =>
        {
            var unstuffed = string.Concat(Lines(string.Concat(pieces)).Select(Unstuffed));
            return Convert(normalize, unstuff: true, pieces) == (normalize ? Naive(unstuffed) : unstuffed);
        },
        iter: 2000);

    [Fact(DisplayName = "PU-12: stuffing taken off gives back what was stuffed, line by line")]
    public void Undoes_stuffing() => Pieces.Sample(pieces =>
    {
        var text = Naive(string.Concat(pieces));
        return Convert(normalize: true, unstuff: true, [.. Lines(text).Select(line => line[0] == '.' ? "." + line : line)]) == text;
    });

    [Fact(DisplayName = "PU-12: a bare LF is found at every place in a text of every length, and nothing is written beyond the text")]
    public void Finds_a_bare_line_feed_anywhere()
    {
        for (var length = 1; length <= 150; length++)
        {
            for (var at = 0; at <= length; at++)
            {
                var text = Enumerable.Repeat((byte)'a', length).ToArray();
                if (at < length)
                    text[at] = (byte)'\n';
                var copy = new byte[length + 1];

                Assert.Equal(at, LineEnds.CopyUntilBareLineFeed(text, before: (byte)'a', copy));
                Assert.True(copy.AsSpan(0, at).SequenceEqual(text.AsSpan(0, at)));
                Assert.Equal(0, copy[length]);
                Assert.Equal(at < length, LineEnds.HasBareLineFeed(text, before: (byte)'a'));
            }
        }
    }

    [Theory(DisplayName = "PU-12: it is known when nothing would change")]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Knows_when_nothing_would_change(bool normalize, bool unstuff, bool expected) =>
        Assert.Equal(expected, new LineEnds(normalize, unstuff).IsIdentity);

    // Mostly text, as a message is, so that some stretches without a line end are longer than a vector.
    private static Gen<string> Lines(int longest) => Gen.Int[1, 40].SelectMany(rarity =>
        Gen.Frequency((rarity, Gen.Const('a')), (1, Gen.Const('\r')), (1, Gen.Const('\n'))).Array[0, longest].Select(characters => new string(characters)));

    private static string Convert(bool normalize, bool unstuff, params string[] pieces)
    {
        var written = Convert(normalize, unstuff, pieces, static (ref LineEnds lineEnds, byte[] piece, PooledBuffer output) => lineEnds.Write(piece, output));
        var taken = Convert(normalize, unstuff, pieces, static (ref LineEnds lineEnds, byte[] piece, PooledBuffer output) =>
        {
            if (!lineEnds.Passes(piece))
                lineEnds.Write(piece, output);
            else
                output.Write(piece);
        });
        Assert.Equal(written, taken);
        return written;
    }

    private static string Convert(bool normalize, bool unstuff, string[] pieces, Step step)
    {
        var lineEnds = new LineEnds(normalize, unstuff);
        using var output = new PooledBuffer(1);
        foreach (var piece in pieces)
            step(ref lineEnds, Encoding.Latin1.GetBytes(piece), output);
        lineEnds.Complete(output);
        return Encoding.Latin1.GetString(output.WrittenMemory.Span);
    }

    private static string Naive(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(string text)
    {
        while (text.Length > 0)
        {
            var end = text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var lf ? lf + 1 : text.Length;
            yield return text[..end];
            text = text[end..];
        }
    }

    // A dot alone on its line ends a message in SMTP, where it cannot be in one; in a file it stays.
    private static string Unstuffed(string line) => line is ['.', not ('\r' or '\n'), ..] ? line[1..] : line;
}
