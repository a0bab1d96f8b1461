namespace ForeignConnector.Lib.Tests.Crash;

/// <summary>Every power cut on every piece of the way of a message, on every disk it may leave.</summary>
public class PowerCutTests
{
    [Fact(DisplayName = "DR-5, DR-9: a drop survives every power cut once it is reported, and nobody sees a part of it")]
    public Task A_drop() => AssertSurvivesAsync(Scenario.Drop);

    [Fact(DisplayName = "DR-5, DR-9: so do drops that share their flushes")]
    public Task Grouped_drops() => AssertSurvivesAsync(Scenario.GroupedDrop);

    [Fact(DisplayName = "DR-9: what was put into the queue survives every power cut")]
    public Task Into_the_queue() => AssertSurvivesAsync(Scenario.Enqueue);

    [Fact(DisplayName = "DR-2, DR-9: directories that are created for the first message survive with it")]
    public async Task Into_new_directories()
    {
        await AssertSurvivesAsync(Scenario.FirstDrop);
        await AssertSurvivesAsync(Scenario.FirstEnqueue);
    }

    [Fact(DisplayName = "PU-4, RT-5: a power cut between the claim of a Pickup file and its delete loses no recipient and queues none twice")]
    public Task From_pickup_to_queue() => AssertSurvivesAsync(Scenario.TakeIn);

    [Fact(DisplayName = "DR-5, DR-9: a power cut during a delivery, by rename and to another volume, loses nothing and delivers nothing twice that was not between hand-over and delete")]
    public Task From_queue_to_drop() => AssertSurvivesAsync(Scenario.Deliver);

    [Fact(DisplayName = "DR-9: a recipient that was settled is never tried again after a power cut, one that was not always is")]
    public Task Recipient_by_recipient() => AssertSurvivesAsync(Scenario.Settle);

    [Fact(DisplayName = "A power cut between two calls of a connector that takes one recipient at a time doubles nobody but the one in hand")]
    public Task Call_by_call() => AssertSurvivesAsync(Scenario.Calls);

    [Fact(DisplayName = "ND-6: a power cut between delivery and the report about it delivers nothing twice, and the sender is told")]
    public Task Delivered_and_told() => AssertSurvivesAsync(Scenario.Success);

    [Fact(DisplayName = "PU-4, DR-5, DR-9: a power cut anywhere between Pickup and Drop loses nothing, shows no part of a message and doubles only what was handed over and not yet deleted")]
    public Task From_pickup_to_drop() => AssertSurvivesAsync(Scenario.PickupToDrop);

    [Fact(DisplayName = "PU-4, PU-13: a start after a crash can be cut short anywhere; the next one brings everything in and leaves no temporary file")]
    public Task Recovery() => AssertSurvivesAsync(Scenario.Recover);

    [Fact(DisplayName = "RT-5, RT-8: a power cut while recipients move from one connector to another loses nobody, and nobody is given out by both entries, however soon the new one is delivered and gone")]
    public Task From_connector_to_connector() => AssertSurvivesAsync(Scenario.Move);

    [Fact(DisplayName = "RT-5, RT-8: so does one while the next start ends a move that broke off")]
    public Task The_end_of_a_move() => AssertSurvivesAsync(Scenario.EndMove);

    private static async Task AssertSurvivesAsync(Scenario scenario)
    {
        var recording = await scenario.RecordAsync();
        var failure = await Survival.FindFailureAsync(recording, recording.Cuts(), scenario.Check);
        Assert.True(failure is null, failure);
    }
}
