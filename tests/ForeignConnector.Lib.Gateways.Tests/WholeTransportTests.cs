using System.Text;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>Gateways in a transport on a real disk, configured as a file does it.</summary>
public sealed class WholeTransportTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LoopbackServer _server = new();
    private readonly FakeLogCollector _logs = new();

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact(DisplayName = "PX-2: one Idempotency-Key for each recipient over all attempts and restarts, another one for each recipient")]
    public async Task Keeps_keys()
    {
        _server.Script = (request, _) => Task.FromResult<string?>(_server.Requests.Count < 6 && !request.Headers["X-Envelope-Recipient-Value"].EndsWith('1')
            ? LoopbackServer.Answer("503 Service Unavailable")
            : LoopbackServer.Answer("200 OK"));
        await using (var services = Services(("Connectors:Sms:Http:Url", _server.Url)))
        {
            var transport = services.GetRequiredService<ForeignConnectorTransport>();
            await SubmitAsync(transport, "SMS:+1", "SMS:+2", "SMS:+3");
            var (_, first) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
            Assert.Equal((1, 2), (first.Delivered, first.Deferred));
        }
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await using var services = Services(("Connectors:Sms:Http:Url", _server.Url));
            await services.GetRequiredService<ForeignConnectorTransport>().ProcessPendingAsync(TestContext.Current.CancellationToken);
        }

        var keys = _server.Requests.Select(request => (To: request.Headers["X-Envelope-Recipient-Value"], Key: request.Headers["Idempotency-Key"])).ToArray();
        Assert.Equal(["+1", "+2", "+2", "+2", "+3", "+3", "+3"], keys.Select(each => each.To).Order());
        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal(3, keys.Select(each => each.Key).Distinct().Count());
    }

    [Fact(DisplayName = "PX-1: each recipient gets a call of its own, and each call its outcome")]
    public async Task Calls_a_program()
    {
        _directory.Write("send.sh", "echo \"$1\" >> calls; case \"$1\" in *2) exit 67;; *3) exit 75;; esac\n");
        await using var services = Services(
            ("Connectors:Sms:DeliveryProtocol", "process"), ("Connectors:Sms:Process:FileName", "/bin/sh"), ("Connectors:Sms:Process:Arguments:0", "send.sh"),
            ("Connectors:Sms:Process:Arguments:1", "{value}"), ("Connectors:Sms:Process:Environment:LINE", "1"));
        var transport = services.GetRequiredService<ForeignConnectorTransport>();
        await SubmitAsync(transport, "SMS:+1", "SMS:+2", "SMS:+3");

        var (_, delivery) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal("+1\n+2\n+3\n", _directory.Read("calls"));
        Assert.Equal((1, 1), (delivery.Delivered, delivery.Deferred));
        Assert.True(delivery.Failed >= 1);
    }

    [Fact(DisplayName = "CN-1: at most MaxConcurrentConnections requests at a time")]
    public async Task Bounds_parallel_requests()
    {
        var (current, most) = (0, 0);
        var two = new TaskCompletionSource();
        _server.Script = async (_, _) =>
        {
            var now = Interlocked.Increment(ref current);
            most = Math.Max(most, now);
            if (now == 2)
                two.TrySetResult();
            await two.Task;
            Interlocked.Decrement(ref current);
            return LoopbackServer.Answer("200 OK");
        };
        await using var services = Services(("Connectors:Sms:Http:Url", _server.Url), ("Connectors:Sms:MaxConcurrentConnections", "2"));
        var transport = services.GetRequiredService<ForeignConnectorTransport>();
        for (var i = 0; i < 8; i++)
            await SubmitAsync(transport, $"SMS:+{i}");

        var (_, delivery) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal((8, 2), (delivery.Delivered, most));
    }

    [Fact(DisplayName = "PX-1: a missing program is told of, and the message waits")]
    public async Task Tells_of_a_missing_program()
    {
        await using var services = Services(("Connectors:Sms:DeliveryProtocol", "PROCESS"), ("Connectors:Sms:Process:FileName", "/nowhere/sendfax"));
        var transport = services.GetRequiredService<ForeignConnectorTransport>();
        await SubmitAsync(transport, "SMS:+1");

        var (_, delivery) = await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, delivery.Deferred);
        Assert.Contains(_logs.GetSnapshot(), record => record.Message.Contains("4.3.5", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "CN-3: errors of the sections come with their keys, all at once")]
    public async Task Tells_errors()
    {
        await using var services = Services(
            ("Connectors:Sms:Http:Url", "http://sms.example"), ("Connectors:Sms:Http:Headers:a b", "x"), ("Connectors:Sms:Http:Timeout", "00:00:00"),
            ("Connectors:Fax:AddressSpaces:0", "FAX:*"), ("Connectors:Fax:DeliveryProtocol", "PROCESS"), ("Connectors:Fax:Process:RecipientsPerCall", "0"));

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            ["Connectors:Fax:PROCESS:FileName", "Connectors:Fax:PROCESS:RecipientsPerCall", "Connectors:Sms:HTTP:Headers:a b", "Connectors:Sms:HTTP:Timeout", "Connectors:Sms:HTTP:Url"],
            error.Failures.Select(failure => failure.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    private static async Task SubmitAsync(ForeignConnectorTransport transport, params string[] recipients)
    {
        using var content = MessageContent.FromOctets(Encoding.UTF8.GetBytes(Bench.Message));
        await transport.Submission.SubmitAsync(
            new MailEnvelope("s@f.test", recipients.Select(text => EnvelopeRecipient.Parse(text, "contoso.com"))), content, cancellationToken: TestContext.Current.CancellationToken);
    }

    private ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Transport:BaseDirectory"] = _directory.Path,
            ["Transport:AcceptedDomains:0"] = "contoso.com",
            ["Connectors:Sms:AddressSpaces:0"] = "SMS:*",
            ["Connectors:Sms:DeliveryProtocol"] = "HTTP",
        }).AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value))).Build();
        return new ServiceCollection().AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)))
            .AddForeignConnectors(configuration).AddProcessAgent().AddHttpAgent().BuildServiceProvider();
    }
}
