using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignConnector.Lib.Tests.Hosting;

public class HostedTransportTests
{
    [Fact(DisplayName = "A round beside the loops of a host is refused in words; before them and after them it is not")]
    public async Task Refuses_a_round_beside_the_host()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(new MockFileSystem())
            .AddForeignConnectors(options =>
            {
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" } };
            })
            .BuildServiceProvider();
        var transport = services.GetRequiredService<ForeignConnectorTransport>();
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        var run = transport.RunAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => transport.ProcessPendingAsync());
        Assert.Contains("by itself", error.Message, StringComparison.Ordinal);
        await transport.StopAsync();
        await run;
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
    }
}
