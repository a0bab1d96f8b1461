using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.Pickup;

namespace ForeignConnector.Lib.Tests.Intake.Pickup;

/// <summary>PU-11: envelope lines that do not stand together in front of the ordinary fields.</summary>
public class InterruptedEnvelopeTests
{
    private const string Bob = "From: bob@contoso.com\r\n";
    private const string Mary = "To: mary@contoso.com\r\n";
    private const string Sender = "X-Sender: <bob@contoso.com>\r\n";
    private const string Receiver = "X-Receiver: <hidden@contoso.com>\r\n";

    [Theory(DisplayName = "PU-11: an X-Receiver below ordinary fields is neither shown nor passed over: the file is refused and its sender is told")]
    [InlineData(Sender + Bob + Mary + Receiver, 1)]
    [InlineData(Receiver + Bob + Mary + "X-Receiver: <c@x.com>\r\n", 2)]
    [InlineData(Receiver + Bob + Mary + Sender, 1)]
    public async Task Is_refused(string header, int recipients)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(header + "\r\nbody\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal("bob@contoso.com", asked.Sender);
        Assert.Matches("X-(Receiver|Sender) must stand before the ordinary header fields", asked.Reason);
        Assert.Equal(recipients, asked.Outcomes.Length);
        Assert.Empty(bench.Intake.Messages);
    }

    [Fact(DisplayName = "PU-11, BM-1: where nobody can be told, the reason beside the file names the rule and the place")]
    public async Task Is_badmail_without_reports()
    {
        var text = await IntakeBench.ForPickup().WithoutReports().RefuseAsync(Sender + Bob + Mary + Receiver + "\r\n");

        Assert.Contains("Rule: PU-11\n", text, StringComparison.Ordinal);
        Assert.Contains($"at offset {(Sender + Bob + Mary).Length}", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-11: in a file that does not begin with an envelope such a line is an ordinary field")]
    public async Task Is_ordinary_where_no_envelope_stands_first()
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(Bob + Mary + Receiver + "\r\n");

        Assert.Contains(Mary + Receiver, accepted.Octets, StringComparison.Ordinal);
        Assert.Equal("mary@contoso.com", Assert.Single(accepted.Envelope.Recipients).Address);
    }

    [Fact(DisplayName = "PU-11: in mode Ignore such a line is an ordinary field wherever it stands")]
    public async Task Is_ordinary_in_mode_Ignore()
    {
        var bench = IntakeBench.ForPickup(new PickupOptions { EnvelopeHeaders = PickupEnvelopeHeaders.Ignore });

        var accepted = await bench.AcceptAsync(Bob + Mary + Receiver + "\r\n");

        Assert.Contains(Mary + Receiver, accepted.Octets, StringComparison.Ordinal);
        Assert.Equal("mary@contoso.com", Assert.Single(accepted.Envelope.Recipients).Address);
    }
}
