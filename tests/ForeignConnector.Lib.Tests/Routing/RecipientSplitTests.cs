using CsCheck;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Tests.Routing;

public class RecipientSplitTests
{
    private static readonly ConnectorDefinition[] Connectors =
    [
        Org.Connector("Fax=FAX:*, fax.contoso.com"), Org.Connector("Sms=sms.contoso.com, *.sms.contoso.com"), Org.Connector("Far@HUB03=far.contoso.com"),
        Org.Connector("Small=small.contoso.com") with { MaxMessageSize = ByteSize.FromOctets(3) },
    ];

    // Address, and where RT-1 to RT-7 send it; null means failed.
    private static readonly (string Address, string? Connector)[] Recipients =
    [
        ("a@fax.contoso.com", "Fax"), ("b@FAX.contoso.com", "Fax"), ("IMCEAFAX-+2B1@contoso.com", "Fax"),
        ("a@sms.contoso.com", "Sms"), ("a@one.sms.contoso.com", "Sms"), ("A@sms.contoso.com", "Sms"),
        ("a@far.contoso.com", DeliveryQueue.Unreachable), ("a@nowhere.test", DeliveryQueue.Unreachable),
        ("a@small.contoso.com", null), ("IMCEANOTES-x@contoso.com", null), ("IMCEAFAX-+2@contoso.com", null),
        ("a@nowhere.test!", null), ("'a@nowhere.test'", null), ("a@nowhere.test\u00a0", null), ("a@no\u3000where.test", null), ("a@no\u200bwhere.test", null),
    ];

    [Fact(DisplayName = "RT-5: each connector gets one copy with just its recipients, in their order; no recipient is lost or doubled")]
    public async Task Splits_recipients_by_connector() => await CheckAsync(Recipients);

    [Fact(DisplayName = "RT-5: whatever the recipients and their order")]
    public async Task Splits_any_recipients() =>
        await Gen.Shuffle(Recipients, 1, Recipients.Length).SampleAsync(async recipients => { await CheckAsync(recipients); }, iter: 500);

    private static async Task CheckAsync((string Address, string? Connector)[] recipients)
    {
        var store = new InMemoryQueueStore(TimeProvider.System);
        var queue = new DeliveryQueue(store, new DeliveryQueueOptions(), MessageTrails.None, TimeProvider.System, NullLogger<DeliveryQueue>.Instance);
        var snapshot = new TransportSnapshot(new ConnectorSelector(Connectors, Org.Whole), [], ["contoso.com"]);
        var categorizer = new Categorizer(new TransportState(snapshot), queue, "test", NullLogger<Categorizer>.Instance);
        using var content = MessageContent.FromOctets("four"u8.ToArray());
        var envelope = new MailEnvelope("sender@contoso.com", recipients.Select(r => new EnvelopeRecipient(r.Address)));

        var result = await categorizer.AcceptAsync(new MailItem(default, envelope, content), CancellationToken.None);

        Assert.Equal(
            recipients.Where(r => r.Connector is not null).GroupBy(r => r.Connector!, r => r.Address).OrderBy(g => g.Key).Select(g => $"{g.Key}: {string.Join(' ', g)}"),
            (await store.ListAsync(null, CancellationToken.None).ToListAsync()).OrderBy(e => e.Connector).Select(e => $"{e.Connector}: {string.Join(' ', e.Envelope!.Recipients.Select(r => r.Address))}"));
        Assert.Equal(recipients.Where(r => r.Connector is null).Select(r => r.Address), result.Rejected.Select(r => r.Recipient.Address));
    }
}
