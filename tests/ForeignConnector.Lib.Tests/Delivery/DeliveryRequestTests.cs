using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Tests.Delivery.Drop;

namespace ForeignConnector.Lib.Tests.Delivery;

public class DeliveryRequestTests
{
    private static readonly MailEnvelope Envelope = new("", [new("a@x.test")]);

    [Theory(DisplayName = "DR-5: the id of a delivery is a file name and nothing else")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../evil")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("/etc/evil")]
    [InlineData("C:evil")]
    [InlineData("a b")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("\u00e4")]
    public async Task Refuses_an_id(string id)
    {
        var bench = new DropBench();

        await Assert.ThrowsAsync<ArgumentException>(nameof(id), () => bench.DeliverAsync(id));
        Assert.Empty(bench.Names);
    }

    [Theory(DisplayName = "DR-5: letters, digits, dots and hyphens make an id")]
    [InlineData("a")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdef0123456789abcdef-0123456789abcdef")]
    [InlineData("..a")]
    public async Task Takes_an_id(string id)
    {
        var bench = new DropBench();

        Assert.Equal("2.0.0", await bench.DeliverAsync(id));
        Assert.Equal([id + ".eml"], bench.Names);
    }

    [Fact(DisplayName = "DR-3: a request has an envelope and a content")]
    public void Refuses_null()
    {
        Assert.Throws<ArgumentNullException>("id", () => new DeliveryRequest(null!, Envelope, MessageContent.FromOctets(default)));
        Assert.Throws<ArgumentNullException>("envelope", () => new DeliveryRequest("a", null!, MessageContent.FromOctets(default)));
        Assert.Throws<ArgumentNullException>("content", () => new DeliveryRequest("a", Envelope, null!));
    }
}
