using System.Net;
using System.Net.Sockets;
using ForeignConnector.Lib.Gateways;
using ForeignConnector.Lib.Gateways.Http;
using ForeignConnector.Lib.Gateways.Processes;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Smtp;
using ForeignConnector.Lib.Transport;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;
using Spectre.Console;

namespace FaxGateway;

/// <summary>
/// The job over connections: a mail client writes to numbers by SMTP; a program sends the faxes, a web service the texts, and a report goes
/// home by SMTP. Everything listens on loopback, on ports that are free.
/// </summary>
internal sealed class Connections(string path)
{
    private const string Client = "anna@clients.example";

    private readonly int _hubPort = FreePort();
    private readonly int _homePort = FreePort();

    /// <summary>Runs the job.</summary>
    /// <returns>What happened, and whether everything arrived.</returns>
    public async Task<(Table Story, bool IsComplete)> RunAsync()
    {
        using var provider = new SmsProvider(FreePort());
        using var home = Home();
        using var hub = Hub(provider.Url);
        await home.StartAsync();
        await hub.StartAsync();

        await WriteAsync("+498955501234@fax.contoso.com", "Order 12", "Please confirm.");
        await WriteAsync($"{FaxProgram.NotInService}@fax.contoso.com", "Order 13", "Please confirm.");
        await WriteAsync("+491701234567@sms.contoso.com", "Door code", "The code is 4711.");
        var report = await WaitAsync(() => provider.IsDone && FaxProgram.Sent(Faxes).Any() ? Reports().FirstOrDefault() : null);

        await hub.StopAsync();
        await home.StopAsync();
        var table = new Table().Border(TableBorder.Rounded).Title("Over connections");
        table.AddColumns("Who", "What happened");
        table.AddRow("a program", $"sent faxes to {string.Join(' ', FaxProgram.Sent(Faxes))}".EscapeMarkup());
        foreach (var answer in provider.Answers)
            table.AddRow("a web service", answer.EscapeMarkup());
        table.AddRow("SMTP, to " + Client, report is null ? "nothing came home" : report.EscapeMarkup());
        return (table, report is not null);
    }

    private string Faxes => Path.Combine(path, "faxes");

    // What a mail client does.
    private async Task WriteAsync(string to, string subject, string text)
    {
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(Client));
        message.To.Add(MailboxAddress.Parse(to));
        message.Subject = subject;
        message.Body = new TextPart("plain") { Text = text };
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", _hubPort, SecureSocketOptions.None);
        await client.SendAsync(message);
        await client.DisconnectAsync(quit: true);
    }

    private IHost Hub(string provider)
    {
        Directory.CreateDirectory(Faxes);
        var fax = new ProcessGatewaySettings
        {
            FileName = Environment.ProcessPath!,
            Input = ProcessInput.Text,
            WorkingDirectory = Faxes,
            Success = ProcessSuccess.Delivered,
        };
        foreach (var argument in FaxProgram.Arguments("{value}"))
            fax.Arguments.Add(argument);
        return Host("hub", _hubPort, options =>
        {
            options.Transport.AcceptedDomains.Add("contoso.com");
            options.Transport.AddressMappings.Add(new() { Domain = "fax.contoso.com", Type = "FAX", Prefix = "+49" });
            options.Transport.AddressMappings.Add(new() { Domain = "sms.contoso.com", Type = "SMS", Prefix = "+49" });
            // For a sample that ends soon.
            options.Transport.QueueGlitchRetryInterval = TimeSpan.FromSeconds(1);
            options.Transport.MessageRetryInterval = TimeSpan.FromSeconds(1);
            options.Connectors["Fax program"] = new() { AddressSpaces = { "FAX:*" }, DeliveryProtocol = "PROCESS", Settings = fax };
            options.Connectors["SMS provider"] = new()
            {
                AddressSpaces = { "SMS:*" },
                DeliveryProtocol = "HTTP",
                Settings = new HttpGatewaySettings { Url = provider, Format = HttpFormat.JsonTextOnly },
            };
            options.Connectors["Way home"] = new()
            {
                AddressSpaces = { "*" },
                DeliveryProtocol = "SMTP",
                Settings = new SmtpAgentOptions { SmartHost = "127.0.0.1", Port = _homePort, Security = SmtpSecurity.None },
            };
        });
    }

    private IHost Home() => Host("home", _homePort, options =>
        options.Connectors["Mailboxes"] =
            new() { AddressSpaces = { "clients.example" }, DropDirectory = "mail", CreateDropDirectory = true });

    private IHost Host(string name, int port, Action<ForeignConnectorOptions> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("SmtpIntake:Endpoints:0", (string?)$"127.0.0.1:{port}")]);
        builder.Services.AddForeignConnectors(options =>
        {
            options.Transport.BaseDirectory = Path.Combine(path, name);
            options.Transport.ServerName = name.ToUpperInvariant();
            configure(options);
        });
        builder.Services.AddProcessAgent().AddHttpAgent().AddSmtpAgent().AddSmtpIntake(builder.Configuration.GetSection("SmtpIntake"));
        return builder.Build();
    }

    // The subjects of what came home.
    private IEnumerable<string> Reports()
    {
        var mail = Path.Combine(path, "home", "drop", "mail");
        foreach (var file in Directory.Exists(mail) ? DropFile.Waiting(mail) : [])
        {
            using var message = MimeMessage.Load(file);
            yield return message.Subject ?? "";
        }
    }

    private static async Task<string?> WaitAsync(Func<string?> done)
    {
        for (var left = 200; left > 0; left--)
        {
            if (done() is { } result)
                return result;
            await Task.Delay(50);
        }
        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
