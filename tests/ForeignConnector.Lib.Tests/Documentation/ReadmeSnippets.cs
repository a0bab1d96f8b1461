using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Documentation;

/// <summary>The code of the README, so that it compiles; <see cref="ReadmeTests"/> compares.</summary>
internal static class ReadmeSnippets
{
    public static async Task TenLinesAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddForeignConnectors(options =>
        {
            options.Transport.AcceptedDomains.Add("contoso.com");
            options.Transport.PickupDirectoryPath = "pickup";
            options.Transport.ReplayDirectoryPath = "replay";
            options.Connectors["Contoso Fax"] = new() { AddressSpaces = { "FAX:*" }, DropDirectory = "fax", CreateDropDirectory = true };
        });
        await builder.Build().RunAsync();
    }

    public static void FromConfiguration(HostApplicationBuilder builder) =>
        builder.Services.AddForeignConnectors(builder.Configuration.GetSection("ForeignConnector"));

    public static void KeepARecord(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IMessageTrail, BillingTrail>();
        builder.Services.AddHealthChecks().AddForeignConnectors(limits => limits.OldestDropFile = TimeSpan.FromMinutes(10));
    }

    public static async Task SubmitAsync(MailSubmission submission, MimeMessage message, CancellationToken cancellationToken)
    {
        var fax = EnvelopeRecipient.Parse("FAX:+1 425 555 0100", "contoso.com");
        using var content = MessageContent.FromMessage(message);
        var result = await submission.SubmitAsync(new MailEnvelope("billing@contoso.com", [fax]), content, cancellationToken);
        foreach (var refused in result.Rejected)
            Console.WriteLine($"{refused.Recipient.Address}: {refused.Status} {refused.Text}");
    }

    public static async Task EmptyDropDirectoryAsync(IFaxLine line)
    {
        foreach (var path in DropFile.Waiting("drop/fax"))
        {
            await using (var fax = await DropFile.OpenAsync(path))
            {
                foreach (var recipient in fax.Envelope.Recipients)
                    await line.SendAsync(recipient.Address, fax.Content);
                var answer = new MailEnvelope("", [new EnvelopeRecipient(fax.Envelope.Sender)]);
                await ReplayFile.WriteAsync("replay", answer, await line.ConfirmAsync(fax.Envelope));
            }
            File.Delete(path);
        }
    }

    public static async Task WithoutAHostAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        await using var transport = ForeignConnectorTransport.Create(options =>
        {
            options.Transport.AcceptedDomains.Add("contoso.com");
            options.Connectors["Contoso Fax"] = new() { AddressSpaces = { "FAX:*" }, DropDirectory = "fax", CreateDropDirectory = true };
        });
        var accepted = await transport.SubmitAsync(message, idempotencyKey: "invoice 4711", cancellationToken);
        await transport.ProcessPendingAsync(cancellationToken);
    }

    public static void Register(ForeignConnectorOptions options)
    {
        options.Connectors["SMS"] = new() { AddressSpaces = { "SMS:*" }, Factory = services => new SmsConnector(services.GetRequiredService<ISmsProvider>()) };
    }
}

internal interface IFaxLine
{
    Task SendAsync(string number, MessageContent message);

    Task<MessageContent> ConfirmAsync(MailEnvelope envelope);
}

internal interface ISmsProvider
{
    Task<bool> SendAsync(string key, string number, string text, CancellationToken cancellationToken);
}

internal sealed class SmsConnector(ISmsProvider provider) : IForeignConnector
{
    // One recipient at a time: each is settled before the next is asked for, so that a stop in between doubles nobody.
    public int MaxRecipientsPerDelivery => 1;

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        using var stream = request.Content.OpenRead();
        using var message = await MimeMessage.LoadAsync(stream, cancellationToken);
        var recipient = request.Envelope.Recipients[0];
        // The id is the same on every attempt, and another one for each recipient: the provider can drop a text that it has already.
        var accepted = await provider.SendAsync(request.IdOf(recipient), recipient.Value, message.TextBody ?? "", cancellationToken);
        return DeliveryReport.ForAll(request, each => accepted
            ? RecipientOutcome.Delivered(each)
            : RecipientOutcome.Deferred(each, EnhancedStatusCode.NotAccepting, "The SMS provider is busy."));
    }
}

internal sealed class BillingTrail : IMessageTrail
{
    public int Delivered { get; private set; }

    public void Record(TrackingEvent happened) => Delivered += happened.Kind == TrackingEventKind.Send ? happened.Outcomes.Length : 0;
}
