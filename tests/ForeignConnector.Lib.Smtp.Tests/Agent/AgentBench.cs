using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Smtp.Agent;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>An SMTP agent and a scripted server for it.</summary>
internal sealed class AgentBench : IAsyncDisposable
{
    public const string Message = "From: anna@contoso.com\r\nTo: bob@example.net\r\nSubject: hello\r\n\r\nHello.\r\n";

    public AgentBench(ScriptedSmtpServer server, Action<SmtpAgentOptions>? configure = null, ISmtpCredentials? credentials = null)
    {
        Server = server;
        Log = LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(Logs)));
        Options = new SmtpAgentOptions { SmartHost = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None };
        configure?.Invoke(Options);
        var services = new ServiceCollection();
        if (credentials is not null)
            services.AddSingleton(credentials);
        Agent = new SmtpAgent(
            new ConnectorContext
            {
                Name = "Internet",
                ServerName = "hub01.contoso.com",
                BaseDirectory = Directory.Path,
                Files = new FileSystem(),
                Time = Time,
                Loggers = Log,
                Services = services.BuildServiceProvider(),
            },
            Options);
    }

    public ScriptedSmtpServer Server { get; }

    public SmtpAgentOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public TempDirectory Directory { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    private ILoggerFactory Log { get; }

    public IDeliveryAgent Agent { get; }

    public static MailEnvelope Envelope(params string[] recipients) =>
        new("anna@contoso.com", recipients.Select(address => new EnvelopeRecipient(address)));

    public static DeliveryRequest Request(MailEnvelope envelope, byte[] octets) =>
        new("m-1", envelope, MessageContent.FromOctets(octets));

    public static DeliveryRequest Request(params string[] recipients) =>
        Request(Envelope(recipients.Length == 0 ? ["bob@example.net"] : recipients), Encoding.UTF8.GetBytes(Message));

    public async Task<OpenConnectionResult> OpenAsync() => await Agent.OpenConnectionAsync(
        new() { ConnectorName = "Internet", NextHopDomain = "*", Message = Request() }, TestContext.Current.CancellationToken);

    public async Task<IDeliveryConnection> OpenedAsync()
    {
        var result = await OpenAsync();
        Assert.True(result.Connection is not null, result.Verdict?.Response.ToString());
        return result.Connection;
    }

    /// <summary>Delivers over a connection of its own. A server that stalls is waited for in fake time.</summary>
    public async Task<DeliveryReport> DeliverAsync(DeliveryRequest request)
    {
        var opened = await WithoutPatienceAsync(OpenAsync());
        if (opened.Connection is not { } connection)
            return DeliveryReport.Of(opened.Verdict!);
        var report = await WithoutPatienceAsync(connection.DeliverAsync(request, TestContext.Current.CancellationToken).AsTask());
        await connection.CloseAsync(TestContext.Current.CancellationToken);
        return report;
    }

    public async Task<RecipientOutcome> DeliverOneAsync(DeliveryRequest? request = null)
    {
        var report = await DeliverAsync(request ?? Request());
        Assert.Null(report.Queue);
        return Assert.Single(report.Outcomes);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Log.Dispose();
        Directory.Dispose();
    }

    private async Task<T> WithoutPatienceAsync<T>(Task<T> task)
    {
        await Wait.UntilAsync(() =>
        {
            if (Server.Stalled > 0)
                Time.Advance(Options.Timeout);
            return task.IsCompleted;
        });
        return await task;
    }
}
