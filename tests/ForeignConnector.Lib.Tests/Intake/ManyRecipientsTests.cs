using System.Diagnostics;
using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>RP-1: the number of recipients is not limited, so their cost must not grow faster than their number.</summary>
public class ManyRecipientsTests
{
    [Theory(DisplayName = "RP-1, EN-11: reading recipients and taking each once takes time that grows with their number and not with its square")]
    [InlineData("r{0}@x.test")]
    [InlineData("same@x{0}.test")]
    [InlineData("\"r {0}\"@x.test")]
    [InlineData("IMCEAFAX-+2b{0}@contoso.com")]
    public void Takes_linear_time(string address)
    {
        var (few, many) = (Block(address, 1_000), Block(address, 8_000));

        // Eight times as many take eight times as long, with their square sixty-four times; the shortest of some runs is the least disturbed one.
        Assert.InRange(Shortest(many, 8_000) / Math.Max(Shortest(few, 1_000), 0.1), 0, 32);
    }

    private static double Shortest(byte[] block, int recipients) => Enumerable.Range(0, 8).Min(_ =>
    {
        var begin = Stopwatch.GetTimestamp();
        var envelope = SeenAddresses.EachOnce(EnvelopeBlockReader.ReadReplay(block).ToEnvelope());
        var elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Assert.Equal(recipients, envelope.Recipients.Length);
        return elapsed;
    });

    private static byte[] Block(string address, int recipients) => Encoding.ASCII.GetBytes(
        "X-Sender: <a@x.test>\r\n" + string.Concat(Enumerable.Range(10, recipients).Select(i => $"X-Receiver: <{address.Replace("{0}", $"{i:d6}", StringComparison.Ordinal)}>\r\n")));
}
