using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>RP-1: the number of recipients is not limited, so their cost must not grow faster than their number.</summary>
public class ManyRecipientsTests
{
    [Theory(DisplayName = "RP-1, EN-11: reading recipients and taking each once takes time that grows with their number and not with its square")]
    [InlineData("r{0}@x.test")]
    [InlineData("same@x{0}.test")]
    [InlineData("\"r {0}\"@x.test")]
    [InlineData("IMCEAFAX-+2b{0}@contoso.com")]
    public void Takes_linear_time(string address) => Growth.AssertLinear(1_000, recipients =>
    {
        var block = Block(address, recipients);
        return () => Assert.Equal(recipients, SeenAddresses.EachOnce(EnvelopeBlockReader.ReadReplay(block).ToEnvelope()).Recipients.Length);
    });

    private static byte[] Block(string address, int recipients) => Encoding.ASCII.GetBytes(
        "X-Sender: <a@x.test>\r\n" + string.Concat(Enumerable.Range(10, recipients).Select(i => $"X-Receiver: <{address.Replace("{0}", $"{i:d6}", StringComparison.Ordinal)}>\r\n")));
}
