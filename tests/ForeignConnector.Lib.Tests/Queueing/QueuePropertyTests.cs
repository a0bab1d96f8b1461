using CsCheck;

namespace ForeignConnector.Lib.Tests.Queueing;

public class QueuePropertyTests
{
    [Theory(DisplayName = "RT-5, ND-1: whatever happens, every recipient is delivered, relayed or failed, once; who is due a report gets one; nothing is tried again after its time")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_recipient_comes_to_one_end(bool isInMemory) =>
        await Gen.Select(Gen.Int, Gen.Int[1, 60]).SampleAsync(
            async (seed, steps) =>
            {
                var model = new QueueModel(seed, isInMemory);
                for (var i = 0; i < steps; i++)
                    await model.StepAsync();
                await model.EndAsync();
            },
            iter: 200);
}
