using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Outside;

/// <summary>The examples of the kit's README, as they stand there.</summary>
public class KitExampleTests
{
    [Fact(DisplayName = "README: an application's own test, without a disk")]
    public async Task Sends_the_invoice_by_fax()
    {
        var (time, fax) = (new FakeTimeProvider(), new ScriptedConnector(ScriptedConnector.Defer));
        await using var transport = ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" }, Factory = _ => fax };
            },
            new TransportServices { Time = time, Store = _ => new InMemoryQueueStore(time) });

        await transport.SubmitAsync(Messages.To("IMCEAFAX-+2B1+20425@contoso.com"));
        await transport.ProcessPendingAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await transport.ProcessPendingAsync();

        Assert.Equal(2, fax.Deliveries.Count);
        Assert.Equal(0, transport.Queue.Count);
    }

    [Fact(DisplayName = "README: whatever a disk shows after a power cut, an accepted message is there")]
    public async Task Loses_nothing_in_a_power_cut()
    {
        var time = new FakeTimeProvider();
        var disk = new CrashingFileSystem(DiskImage.Empty, time);
        await using (var transport = Open(disk))
        {
            await transport.StartAsync();
            await transport.SubmitAsync(Messages.To("IMCEAFAX-+2B1+20425@contoso.com"));
            disk.Promise("accepted");
        }

        var accepted = disk.Operations.TakeWhile(operation => operation is not Promised).Count();
        var states = new DiskStates(disk.Start, disk.Operations);
        for (var cut = accepted; cut < states.Cuts; cut++)
        {
            foreach (var image in states.At(cut))
            {
                await using var transport = Open(new CrashingFileSystem(image, time));
                await transport.StartAsync();
                Assert.Equal(1, transport.Queue.Count);
            }
        }

        ForeignConnectorTransport Open(CrashingFileSystem files) => ForeignConnectorTransport.Create(
            options =>
            {
                options.Transport.BaseDirectory = "/mail";
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" }, CreateDropDirectory = true };
            },
            new TransportServices { Files = files, Time = time });
    }
}
