using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Mail.Headers;

public class HeaderFirewallTests
{
    private const string Drop = nameof(HeaderFirewall.Drop);
    private const string Pickup = nameof(HeaderFirewall.Pickup);
    private const string Replay = nameof(HeaderFirewall.Replay);
    private const string Trusted = nameof(HeaderFirewall.TrustedReplay);

    [Theory(DisplayName = "HF-1, HF-2, HF-3, DR-4, PU-8, RP-3: each way lets through what it must and no more")]
    [InlineData("Bcc", Drop, Pickup, Replay, Trusted)]
    [InlineData("bCC ", Drop, Pickup, Replay, Trusted)]
    [InlineData("Resent-Bcc", Drop, Pickup)]
    [InlineData("Resent-To", Pickup)]
    [InlineData("RESENT-x", Pickup)]
    [InlineData("Resent-")]
    [InlineData("Resent")]
    [InlineData("Received", Pickup)]
    [InlineData("received", Pickup)]
    [InlineData("Received-SPF")]
    [InlineData("X-MS-Exchange-Organization-SCL", Drop, Pickup, Replay)]
    [InlineData("x-ms-exchange-organization-", Drop, Pickup, Replay)]
    [InlineData("X-MS-Exchange-Forest-x", Drop, Pickup, Replay)]
    [InlineData("X-MS-Exchange-Organization")]
    [InlineData("X-MS-Exchange-CrossTenant-x")]
    [InlineData("X-MS-Has-Attach")]
    [InlineData("Cc")]
    [InlineData("Bccx")]
    [InlineData("X-Bcc")]
    [InlineData("Subject")]
    public void Blocks(string name, params string[] ways)
    {
        HeaderFirewall[] all = [HeaderFirewall.Drop, HeaderFirewall.Pickup, HeaderFirewall.Replay, HeaderFirewall.TrustedReplay, HeaderFirewall.None];
        var octets = Encoding.ASCII.GetBytes($"{name}: x\r\n");
        new HeaderScanner(octets).TryRead(out var field);

        Assert.Equal(ways, all.Where(way => way.Blocks(octets, field)).Select(way => way.ToString()));
    }

    [Fact(DisplayName = "HF-1: a line that is not a field is not blocked")]
    public void Lets_through_what_is_no_field()
    {
        var octets = "Bcc x\r\n"u8.ToArray();
        new HeaderScanner(octets).TryRead(out var field);

        Assert.False(HeaderFirewall.Pickup.Blocks(octets, field));
    }
}
