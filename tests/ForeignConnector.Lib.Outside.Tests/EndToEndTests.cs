using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Time.Testing;
using Outside.Notes;
using Outside.Paging;
using Outside.Stores;

namespace Outside;

/// <summary>A source, a store and connectors of one's own, around one transport.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fc-");
    private readonly Journal _journal = new();
    private readonly PagerNetwork _network = new();
    private readonly RecordingConnector _fax = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact(DisplayName = "A note goes through the transport to the connector of its address, without its Bcc and with CRLF")]
    public async Task Delivers_notes()
    {
        await using var transport = Create();
        var notes = Notes(transport);
        notes.Waiting.Add(new Note("first", "user@contoso.com", "IMCEAPAGER-5550199@contoso.com", "Come."));
        notes.Waiting.Add(new Note("second", "user@contoso.com", "clerk@fax.test", "Stay."));

        Assert.Empty(await notes.TakeInAsync(Cancellation));
        var (_, delivery) = await transport.ProcessPendingAsync(Cancellation);

        Assert.Equal((2, 0), (delivery.Delivered, transport.Queue.Count));
        Assert.Contains("Subject: first\r\n\r\nCome.\r\n", Assert.Single(_network.Texts), StringComparison.Ordinal);
        var fax = Assert.Single(_fax.Deliveries);
        Assert.Equal(["clerk@fax.test"], fax.Recipients);
        Assert.DoesNotContain("archive@contoso.com", fax.Octets + _network.Texts[0], StringComparison.Ordinal);
        Assert.Empty(_journal.Pages);
    }

    [Fact(DisplayName = "What one process left in the store the next one delivers, once, also when the note comes again")]
    public async Task Survives_a_restart()
    {
        var note = new Note("first", "user@contoso.com", "IMCEAPAGER-5550199@contoso.com", "Come.");
        _network.IsDown = true;
        await using (var transport = Create())
        {
            var notes = Notes(transport);
            notes.Waiting.Add(note);
            await notes.TakeInAsync(Cancellation);
            Assert.Equal(1, (await transport.ProcessPendingAsync(Cancellation)).Delivery.Deferred);
        }
        _network.IsDown = false;

        await using (var transport = Create())
        {
            await transport.StartAsync();
            var notes = Notes(transport);
            notes.Waiting.Add(note);
            await notes.TakeInAsync(Cancellation);
            Assert.Equal(1, transport.Queue.Count);
            Assert.Equal(1, (await transport.ProcessPendingAsync(Cancellation)).Delivery.Delivered);
        }

        Assert.Single(_network.Texts);
        Assert.Empty(_journal.Pages);
    }

    [Fact(DisplayName = "An operator holds, finds and removes entries of the store through the queue manager")]
    public async Task Serves_an_operator()
    {
        await using var transport = Create();
        await transport.StartAsync();
        await transport.SubmitAsync(Messages.To("clerk@fax.test"), cancellationToken: Cancellation);
        var id = Assert.Single(_journal.Pages).Key;

        await transport.QueueManager.HoldAsync(id, Cancellation);
        await transport.ProcessPendingAsync(Cancellation);
        Assert.Equal(QueuedMessageStatus.Held, (await transport.QueueManager.FindAsync(id, Cancellation))!.Status);
        Assert.Empty(_fax.Deliveries);
        await transport.QueueManager.RemoveAsync(id, report: false, Cancellation);

        Assert.Empty(_journal.Pages);
    }

    private static NoteSource Notes(ForeignConnectorTransport transport) => new(transport.Intake, transport.Ids);

    private ForeignConnectorTransport Create()
    {
        var store = new JournalStore(_journal, _time);
        return ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.BaseDirectory = _root.FullName;
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "fax.test" }, Factory = _ => _fax };
                options.Connectors["Beeper"] = new()
                {
                    AddressSpaces = { "PAGER:*" },
                    DeliveryProtocol = "PAGER",
                    Settings = new PagerSettings { Network = "city" },
                };
            },
            new TransportServices { Time = _time, Store = _ => store, ConnectorTypes = { PagerSettings.Kind(_network) } });
    }
}
