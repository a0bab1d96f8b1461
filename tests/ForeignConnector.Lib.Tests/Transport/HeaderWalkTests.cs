using System.Runtime.CompilerServices;
using System.Text;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>Octets of a header are looked at as seldom as possible on the way from Pickup to Drop.</summary>
public sealed class HeaderWalkTests : IDisposable
{
    // Two to take the file in, one to write the new header, two to read the queue file: its end is looked for, then its X-header block is read.
    private const int Most = 5;

    private readonly StrongBox<int> _walks = new();

    public HeaderWalkTests() => HeaderScanner.Walks.Value = _walks;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => HeaderScanner.Walks.Value = null;

    [Theory(DisplayName = "From Pickup to Drop the header of a message is walked at most five times, whatever its size")]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task Walks_the_header_five_times(int bodyLength)
    {
        await using var bench = new TransportBench(options =>
        {
            options.Transport.PickupDirectoryPath = "pickup";
            options.Transport.SettleTime = TimeSpan.Zero;
        });
        // Before it delivers under a new configuration, the queue is routed again, once.
        await PassAsync(bench, "first", 10);

        var walks = await PassAsync(bench, "second", bodyLength);

        Assert.Equal(2, bench.Dropped("A").Length);
        Assert.InRange(walks, 3, Most);
    }

    private async Task<int> PassAsync(TransportBench bench, string name, int bodyLength)
    {
        var text = "From: a@b.test\r\nTo: c@a.test\r\nSubject: x\r\nX-Mailer: y\r\n\r\n" + new string('x', bodyLength) + "\r\n";
        bench.Files.Directory.CreateDirectory(bench.PathOf("pickup"));
        await bench.Files.File.WriteAllBytesAsync(bench.PathOf($"pickup/{name}.eml"), Encoding.ASCII.GetBytes(text), Cancellation);
        var before = _walks.Value;
        await bench.Transport.ProcessPendingAsync(Cancellation);
        return _walks.Value - before;
    }
}
