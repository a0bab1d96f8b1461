using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using ForeignConnector.Lib.Tests.Crash;

namespace ForeignConnector.Lib.Tests.Faults;

/// <summary>Every single operation fails once, with every error; then the disk is well again.</summary>
public class FaultTests
{
    public static TheoryData<string> Errors => [.. DiskErrors.Names];

    [Theory(DisplayName = "PU-4, DR-5, PU-2: whatever operation fails between Pickup and Drop, nothing is lost or left in part, and the next message goes through")]
    [MemberData(nameof(Errors))]
    public Task From_pickup_to_drop(string error) => FaultRun.AssertAsync(FaultRun.EachAsync(error, Ruins.FillPickup), Scenario.FromPickup);

    [Theory(DisplayName = "PU-4, PU-13: whatever operation fails while a host starts on what a crash has left, nothing is lost and the ruins go away")]
    [MemberData(nameof(Errors))]
    public Task Recovery(string error) => FaultRun.AssertAsync(FaultRun.EachAsync(error, Ruins.FillAsync), Scenario.FromRuins);

    [Fact(DisplayName = "PU-4, DR-2: a disk (in memory) that is full after any number of octets, from Pickup to Drop, loses nothing; all goes through when there is space")]
    public Task A_disk_of_any_size() => FaultRun.AssertAsync(FaultRun.EachSizeAsync(Ruins.FillPickup, step: 37), Scenario.FromPickup);

    [Theory(DisplayName = "PU-4: whatever operation fails while some recipients are settled, each of them is delivered, and again only under the same id")]
    [MemberData(nameof(Errors))]
    public async Task Recipient_by_recipient(string error)
    {
        await foreach (var run in FaultRun.EachAsync(error, SettleScript.Fill, () => new ScriptedConnector(ScriptedConnector.DeferFor("2@own.test", "3@own.test"), ScriptedConnector.DeferFor("3@own.test"))))
        {
            await run.FinishAsync();
            var deliveries = ((ScriptedConnector)run.Own).Deliveries;
            Assert.Single(deliveries.Select(delivery => delivery.Id).Distinct());
            // As often as the script asks for it, and once more when the outcome could not be written down.
            foreach (var (address, attempts) in new[] { ("1@own.test", 1), ("2@own.test", 2), ("3@own.test", 3) })
                Assert.InRange(deliveries.Count(delivery => delivery.Recipients.Contains(address)), attempts, attempts + 1);
            new Inventory(run.Disk.Now).AssertNothingStray();
        }
    }

    [Theory(DisplayName = "BM-1: whatever operation fails while a bad file is set aside, it is kept whole, and in the end beside its reason")]
    [MemberData(nameof(Errors))]
    public async Task Badmail(string error)
    {
        var bad = "Subject: no sender\r\n\r\nbody\r\n"u8.ToArray();
        await foreach (var run in FaultRun.EachAsync(error, files => Task.Run(() => files.File.WriteAllBytes(MailSystem.Pickup + "/1.eml", bad))))
        {
            Assert.Single(run.Disk.Now.Files, file => file.Data.Octets.Span.SequenceEqual(bad));
            await run.FinishAsync();
            Assert.Equal(bad, run.Disk.File.ReadAllBytes(MailSystem.Pickup + "/1.bad"));
            Assert.Contains("Rule: PU-5", System.Text.Encoding.UTF8.GetString(run.Disk.File.ReadAllBytes(MailSystem.Pickup + "/1.bad.txt")), StringComparison.Ordinal);
            Assert.DoesNotContain(run.Disk.Now.Files, file => file.Path.EndsWith(".tmp", StringComparison.Ordinal) || file.Path.EndsWith(".eml", StringComparison.Ordinal));
        }
    }

    [Theory(DisplayName = "DR-2, DR-5: whatever operation of a drop fails, the message is deferred or delivered, never an exception, and the directory holds it whole or not at all")]
    [MemberData(nameof(Errors))]
    public async Task A_drop_without_a_queue(string error)
    {
        var item = TestMail.Item(1, "r@a.test");
        var request = new DeliveryRequest($"{item.Id}", item.Envelope, item.Content);
        await foreach (var run in FaultRun.EachAsync(error, _ => Task.CompletedTask, async system => await system.A.DeliverAsync(request, CancellationToken.None)))
        {
            var delivered = ((DeliveryReport)run.Result!).Outcomes.Single().Action == RecipientAction.Delivered;
            var there = run.Disk.Now.Files.ToArray();
            Assert.All(there, file => Assert.EndsWith(".eml", file.Path, StringComparison.Ordinal));
            Assert.True(there.Length == 1 || !delivered);
            await run.System.A.DeliverAsync(request, CancellationToken.None);
            Assert.Equal(1, Assert.Single(new Inventory(run.Disk.Now).Dropped(MailSystem.DropA)).Mail!.Value.Number);
        }
    }

    [Theory(DisplayName = "DR-9: whatever operation fails while a message is put into the queue, it is not there, or it is there whole; putting it there again makes one of it")]
    [MemberData(nameof(Errors))]
    public async Task Into_the_queue(string error)
    {
        var item = TestMail.Item(1, "r@a.test");
        await foreach (var run in FaultRun.EachAsync(error, _ => Task.CompletedTask, async system =>
        {
            await system.StartAsync();
            await system.DeliveryQueue.EnqueueAsync(item, "a", CancellationToken.None);
            return null;
        }))
        {
            Assert.All(run.Disk.Now.Files, file => Assert.Equal(1, TestMail.NumberOf(file.Data.Octets.Span)));
            await run.RestartAsync();
            await run.System.DeliveryQueue.EnqueueAsync(item, "a", CancellationToken.None);
            await run.System.DeliverAsync();
            Assert.Single(new Inventory(run.Disk.Now).Dropped(MailSystem.DropA));
            new Inventory(run.Disk.Now).AssertNothingStray();
        }
    }
}
