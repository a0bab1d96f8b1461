using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Queueing;

/// <summary>IM-5: mail to a mapped domain reaches the connector of the type, and everybody else hears of what the sender wrote.</summary>
public class MappedDomainTests
{
    private readonly QueueBench _bench = new(isInMemory: true);
    private readonly AnsweringConnector _fax = new();
    private readonly List<EnvelopeRecipient> _seen = [];

    public MappedDomainTests()
    {
        _fax.Script = (request, _) =>
        {
            _seen.AddRange(request.Envelope.Recipients);
            return new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
        };
        Configure(new AddressMapping("fax.contoso.com", "FAX") { Prefix = "+49" });
    }

    [Fact(DisplayName = "IM-5: the connector gets the wrapped number, and the address that was written as original recipient")]
    public async Task Delivers_the_number()
    {
        await _bench.AcceptAsync("\"(030) 123-45\"@FAX.contoso.com");

        Assert.Equal(new DeliverySummary(1, 0, 0), await _bench.ProcessAsync());

        var recipient = Assert.Single(_seen);
        Assert.Equal(("IMCEAFAX-+2B493012345@contoso.com", "FAX", "+493012345"), (recipient.Address, recipient.Type, recipient.Value));
        Assert.Equal(new OriginalRecipient("rfc822", "\"(030) 123-45\"@FAX.contoso.com"), recipient.OriginalRecipient);
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "IM-5: the record and reports speak of the address as it was written")]
    public async Task Reports_what_was_written()
    {
        _fax.Answer(recipient => recipient.Value.EndsWith('1')
            ? RecipientOutcome.Failed(recipient, DeliveryStatus.NoConnector)
            : RecipientOutcome.Deferred(recipient, new(4, 2, 1), "Busy."));
        await _bench.AcceptAsync("0301@fax.contoso.com", "0302@fax.contoso.com");

        Assert.Equal(new DeliverySummary(0, 1, 1), await _bench.ProcessAsync());

        Assert.Equal("Failed 0301@fax.contoso.com", Assert.Single(_bench.Reports.Made));
        Assert.Equal(["0301@fax.contoso.com", "0302@fax.contoso.com"], _bench.Trail.Events.SelectMany(each => each.Outcomes).Select(each => each.Recipient.Address).Order());
    }

    [Theory(DisplayName = "IM-5, IM-2: what is no number is refused at once; a wrapped address in the mapped domain is understood")]
    [InlineData("bob@fax.contoso.com", false)]
    [InlineData("-n@fax.contoso.com", false)]
    [InlineData("IMCEAFAX-1@fax.contoso.com", true)]
    [InlineData("IMCEAFAX-1@contoso.com", true)]
    public async Task Refuses_what_is_no_number(string address, bool isTaken)
    {
        var item = _bench.Item(address);

        var result = await _bench.Categorizer.AcceptAsync(item, CancellationToken.None);

        Assert.Equal(isTaken ? [] : [(address, EnhancedStatusCode.BadAddressSyntax)], result.Rejected.Select(each => (each.Recipient.Address, each.Status)));
    }

    [Fact(DisplayName = "IM-5, RT-8: what waits for a mapping goes when there is one, and is delivered as if there always had been")]
    public async Task Follows_the_configuration()
    {
        Configure();
        await _bench.AcceptAsync("030@fax.contoso.com");
        await _bench.ProcessAsync();
        Assert.Empty(_seen);

        Configure(new AddressMapping("fax.contoso.com", "FAX") { Prefix = "+49" });
        await _bench.Rerouter.RerouteAsync(CancellationToken.None);
        await _bench.ProcessAsync();

        Assert.Equal("+4930", Assert.Single(_seen).Value);
    }

    [Fact(DisplayName = "IM-2: in a delivery a wrapped address of a domain that is not ours is what it is routed as")]
    public async Task Leaves_foreign_wrapping_alone()
    {
        await _bench.AcceptAsync("IMCEAFAX-1@elsewhere.test");

        await _bench.ProcessAsync();

        Assert.Equal(("SMTP", "IMCEAFAX-1@elsewhere.test"), (Assert.Single(_seen).Type, _seen[0].Value));
        Assert.Equal(0, _bench.Queue.Count);
    }

    [Fact(DisplayName = "IM-5: the section is bound, and errors come with their keys")]
    public void Tells_errors_with_their_keys()
    {
        IOptions<ForeignConnectorOptions> Options() => Bind(
            ("0:Domain", "fax.contoso.com"), ("0:Type", "SMTP"), ("0:Prefix", "x"), ("1:Domain", "FAX.contoso.com"), ("1:Type", "PAGER"), ("1:Number", "maybe"),
            ("2:Domain", "not a domain"), ("2:Type", "SMS"), ("2:Colour", "red"));

        Assert.Equal(
            [
                "Transport:AddressMappings:1:Number: 'maybe' is not true or false",
                "Transport:AddressMappings:0:Type: 'SMTP' is not a type of wrapped addresses; write letters and digits, not SMTP and not X500",
                "Transport:AddressMappings:0:Prefix: the prefix 'x' must be digits, with or without a '+' in front",
                "Transport:AddressMappings:1:Domain: the domain 'FAX.contoso.com' is mapped twice",
                "Transport:AddressMappings:2:Domain: 'not a domain' is not a domain name",
            ],
            Assert.Throws<OptionsValidationException>(() => Options().Value).Failures);
    }

    [Fact(DisplayName = "IM-5: a mapping of the configuration is in force")]
    public void Binds_the_section()
    {
        var options = Bind(("0:Domain", "fax.contoso.com"), ("0:Type", "pager"), ("0:Prefix", "+49"), ("0:Number", "true")).Value;
        using var transport = ForeignConnectorTransport.Create(options, new TransportServices { Files = new MockFileSystem() });

        Assert.Equal(RoutingAddress.Parse("PAGER:+491"), transport.State.Current.RoutingAddressOf("01@fax.contoso.com"));
    }

    private static IOptions<ForeignConnectorOptions> Bind(params (string Key, string Value)[] keys)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            keys.Select(key => KeyValuePair.Create($"Transport:AddressMappings:{key.Key}", (string?)key.Value))
                .Append(KeyValuePair.Create("Transport:AcceptedDomains:0", (string?)"contoso.com"))).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<System.IO.Abstractions.IFileSystem>(new MockFileSystem()).AddForeignConnectors(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ForeignConnectorOptions>>();
    }

    private void Configure(params AddressMapping[] mappings) => _bench.State.Replace(new TransportSnapshot(
        new ConnectorSelector(
            [new ConnectorDefinition { Name = "Fax", AddressSpaces = [AddressSpace.Parse("FAX:*"), AddressSpace.Parse("elsewhere.test")] }],
            TransportTopology.SingleServer("HUB01")),
        [KeyValuePair.Create("Fax", (IForeignConnector)_fax)],
        ["contoso.com"])
    {
        AddressMappings = [.. mappings],
        DefaultDomain = "contoso.com",
    });
}
