using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>What a gateway works with: a directory, a clock and messages.</summary>
internal sealed class Bench : IDisposable
{
    public const string Message = "From: f@f.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nK\u00e4se\r\n";

    public TempDirectory Directory { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public ConnectorContext Context => new()
    {
        Name = "Gateway",
        ServerName = "HUB01",
        BaseDirectory = Directory.Path,
        Files = new FileSystem(),
        Time = Time,
        Loggers = NullLoggerFactory.Instance,
        Services = new ServiceCollection().BuildServiceProvider(),
    };

    public static DeliveryRequest Request(params string[] recipients) => RequestWith(Message, recipients);

    public static DeliveryRequest RequestWith(string message, params string[] recipients) => new(
        "id-1",
        new MailEnvelope("s@f.test", recipients.Select(text => EnvelopeRecipient.Parse(text, "contoso.com"))),
        MessageContent.FromOctets(Encoding.UTF8.GetBytes(message)));

    public static async Task<RecipientOutcome[]> DeliverAsync(IDeliveryAgent agent, DeliveryRequest request, CancellationToken cancellationToken = default)
    {
        var result = await agent.OpenConnectionAsync(new() { ConnectorName = "Gateway", NextHopDomain = "FAX:*", Message = request }, cancellationToken);
        var report = result.Verdict is { } verdict ? DeliveryReport.Of(verdict) : await result.Connection!.DeliverAsync(request, cancellationToken);
        return report.Queue is { } queue
            ? [.. request.Envelope.Recipients.Select(recipient => RecipientOutcome.Deferred(recipient, queue.Response.EnhancedStatusCode, queue.Response.StatusText))]
            : [.. report.Outcomes];
    }

    public void Dispose() => Directory.Dispose();
}
