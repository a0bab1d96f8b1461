using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class HeaderCopyTests
{
    [Theory(DisplayName = "DR-4, PU-10: what stays keeps its octets, folds and odd lines included")]
    [InlineData("", "")]
    [InlineData("A: 1\r\n", "A: 1\r\n")]
    [InlineData("A:1\r\n\t 2 \r\nno field\r\n: x\r\nB :\u00fc\0\r\n", "A:1\r\n\t 2 \r\nno field\r\n: x\r\nB :\u00fc\0\r\n")]
    [InlineData("Bcc: a,\r\n b\r\nA: 1\r\n", "A: 1\r\n")]
    [InlineData("A: 1\r\nBcc: a,\r\n\tb\r\n", "A: 1\r\n")]
    [InlineData("A: 1\r\nbcc:\r\nResent-BCC: x\r\nB: 2\r\nBcc: y\r\nC: 3\r\n", "A: 1\r\nB: 2\r\nC: 3\r\n")]
    [InlineData("Bcc: a", "")]
    [InlineData("\u00ef\u00bb\u00bfBcc: a,\r\n b\r\nA: 1\r\n", "A: 1\r\n")]
    [InlineData("\u00ef\u00bb\u00bfA: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n")]
    [InlineData("A: 1\r\n\u00ef\u00bb\u00bfBcc: a\r\n", "A: 1\r\n")]
    [InlineData("A: 1\r\n\u00ef\u00bb\u00bf continues: nothing\r\n", "A: 1\r\n\u00ef\u00bb\u00bf continues: nothing\r\n")]
    [InlineData("A: \u00ef\u00bb\u00bfBcc: a\r\n", "A: \u00ef\u00bb\u00bfBcc: a\r\n")]
    [InlineData("A: 1\r\nX-MS-Exchange-Organization-SCL: 9\r\n", "A: 1\r\n")]
    [InlineData("Received: x\r\nResent-To: y\r\n", "Received: x\r\nResent-To: y\r\n")]
    public void Leaves_fields_out(string header, string copy) => Assert.Equal(copy, Copy(header));

    [Theory(DisplayName = "PU-12: bare LF becomes CRLF, a last line without an end gets one")]
    [InlineData("A: 1\nB: 2\r\nC: 3\n", "A: 1\r\nB: 2\r\nC: 3\r\n")]
    [InlineData("A: 1\nBcc: x\nB: 2", "A: 1\r\nB: 2\r\n")]
    [InlineData("A: 1\r", "A: 1\r\r\n")]
    [InlineData("A: 1\r\nBcc: x", "A: 1\r\n")]
    public void Ends_lines_with_CRLF(string header, string copy) => Assert.Equal(copy, Copy(header));

    [Fact(DisplayName = "PU-12: in a BINARYMIME message line ends stay")]
    public void Keeps_line_ends() => Assert.Equal("A: 1\nB: 2\n", Copy("A: 1\nBcc: x\nB: 2\n", normalize: false));

    [Fact(DisplayName = "RP-3: a filter leaves out more fields")]
    public void Asks_the_filter()
    {
        var octets = "A: 1\r\nX-Drop: 1\r\nBcc: x\r\nB: 2\r\n"u8.ToArray();
        var output = new ArrayBufferWriter<byte>();
        var lineEnds = new LineEnds(normalize: true);

        HeaderFirewall.Drop.CopyHeader(octets, 0, new Filter(), ref lineEnds, output);

        Assert.Equal("A: 1\r\nB: 2\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Fact(DisplayName = "RP-3: only the fields between the offsets are copied")]
    public void Copies_between_offsets()
    {
        var octets = "Bcc: before\r\nA: 1\r\nB: 2\r\n\r\nbody"u8.ToArray();
        var output = new ArrayBufferWriter<byte>();
        var lineEnds = new LineEnds(normalize: true);

        HeaderFirewall.Drop.CopyHeader(octets.AsSpan(0, 25), 13, ref lineEnds, output);

        Assert.Equal("A: 1\r\nB: 2\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    private static string Copy(string header, bool normalize = true)
    {
        var octets = Encoding.Latin1.GetBytes(header);
        var output = new ArrayBufferWriter<byte>();
        var lineEnds = new LineEnds(normalize);
        HeaderFirewall.Drop.CopyHeader(octets, 0, ref lineEnds, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    private readonly struct Filter : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => field.Is(octets, "x-drop"u8);
    }
}
