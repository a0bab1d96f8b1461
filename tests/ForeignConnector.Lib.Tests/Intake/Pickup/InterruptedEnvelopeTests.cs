using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Watching;

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
    [InlineData(Bob + Mary + Receiver, 1)]
    [InlineData("X-Mailer: m\r\n" + Bob + Receiver + Mary, 1)]
    [InlineData(Sender + "X-EndOfInjectedXHeaders: 1\r\n" + Bob + Mary + Receiver, 0)]
    [InlineData(Receiver + Bob + Mary + "X-Receiver: <c@x.com>\r\n", 2)]
    public async Task Is_refused(string header, int recipients)
    {
        var bench = IntakeBench.ForPickup();
        bench.Put(header + "\r\nbody\r\n");

        Assert.Equal(new PassResult { Refused = 1 }, await bench.PassAsync());

        var (asked, _) = Assert.Single(bench.Reports.Reports);
        Assert.Equal("bob@contoso.com", asked.Sender);
        Assert.Matches("X-Receiver must stand before the ordinary header fields", asked.Reason);
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

    [Theory(DisplayName = "PU-11: an X-Sender that stands alone, below other fields or is no address is an ordinary field")]
    [InlineData("X-Sender: <list@contoso.com>\r\n", Bob + Mary, "bob@contoso.com mary@contoso.com")]
    [InlineData("X-Sender: <list@contoso.com>\r\nX-Mailer: Eudora\r\n", Bob + Mary, "bob@contoso.com mary@contoso.com")]
    [InlineData("X-Sender: \"bob\" <bob@contoso.com> BODY=9BIT\r\n", Bob + Mary, "bob@contoso.com mary@contoso.com")]
    [InlineData("X-Sender: a@x.com\r\nX-Sender: b@x.com\r\n", Bob + Mary, "bob@contoso.com mary@contoso.com")]
    [InlineData("", Bob + Mary + "X-Sender: list@contoso.com\r\nUser-Agent: Roundcube\r\n", "bob@contoso.com mary@contoso.com")]
    public async Task An_X_Sender_may_be_the_mails_own(string before, string after, string envelope)
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(before + after + "\r\n");

        Assert.Equal(envelope, $"{accepted.Envelope.Sender} {accepted.Envelope.Recipients.Single().Address}");
        Assert.EndsWith(before + after + "\r\n", accepted.Octets, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PU-11: beside X-Receiver too")]
    [InlineData("X-Sender: the mailer\r\n", "")]
    [InlineData("X-Sender:\r\n", "")]
    [InlineData("", "X-Sender: <list@contoso.com>\r\n")]
    public async Task An_X_Sender_may_be_the_mails_own_beside_receivers(string before, string after)
    {
        var accepted = await IntakeBench.ForPickup().AcceptAsync(before + Receiver + Bob + Mary + after + "\r\n");

        Assert.Equal("bob@contoso.com hidden@contoso.com", $"{accepted.Envelope.Sender} {accepted.Envelope.Recipients.Single().Address}");
        Assert.EndsWith(before + Bob + Mary + after + "\r\n", accepted.Octets, StringComparison.Ordinal);
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
