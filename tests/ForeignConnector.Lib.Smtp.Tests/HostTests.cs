using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Smtp.Tests;

/// <summary>The agent in a host: its section, and the reports that come home.</summary>
public sealed class HostTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, string?> _keys = new()
    {
        ["Transport:AcceptedDomains:0"] = "contoso.com",
        ["Connectors:Home:AddressSpaces:0"] = "contoso.com",
        ["Connectors:Home:CreateDropDirectory"] = "true",
        ["Connectors:Internet:AddressSpaces:0"] = "*;10",
        ["Connectors:Internet:DeliveryProtocol"] = "smtp",
        ["Connectors:Internet:Smtp:SmartHost"] = "127.0.0.1",
        ["Connectors:Internet:Smtp:Security"] = "None",
    };

    private ServiceProvider? _services;

    private ServiceProvider Services => _services ??= Build();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        _directory.Dispose();
    }

    [Theory(DisplayName = "SM-4, ND-6: who asked for success is told by the server that speaks DSN, and else by us that the message was relayed")]
    [InlineData(true, DsnNotify.Success, 0)]
    [InlineData(false, DsnNotify.Success, 1)]
    [InlineData(false, DsnNotify.Unspecified, 0)]
    [InlineData(false, DsnNotify.Failure, 0)]
    public async Task Reports_success_once(bool isDsnOffered, DsnNotify notify, int reports)
    {
        await using var server = new ScriptedSmtpServer();
        if (!isDsnOffered)
            server.Extensions.Remove("DSN");
        _keys["Connectors:Internet:Smtp:Port"] = $"{server.Port}";
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        using var content = MessageContent.FromOctets("From: anna@contoso.com\r\n\r\nHello.\r\n"u8.ToArray());
        await transport.SubmitAsync(
            new MailEnvelope("anna@contoso.com", [new EnvelopeRecipient("bob@example.net") { Notify = notify }]), content,
            cancellationToken: TestContext.Current.CancellationToken);

        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        Assert.Single(server.Messages);
        Assert.Equal(reports, Directory.Exists(_directory["home"]) ? Directory.GetFiles(_directory["home"]).Length : 0);
    }

    [Fact(DisplayName = "SM-3, DA-10: what the server said of a recipient stands in the report, with its name")]
    public async Task Quotes_the_server()
    {
        await using var server = new ScriptedSmtpServer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user here" : null);
        _keys["Connectors:Internet:Smtp:Port"] = $"{server.Port}";
        var transport = Services.GetRequiredService<ForeignConnectorTransport>();
        using var content = MessageContent.FromOctets("From: anna@contoso.com\r\n\r\nHello.\r\n"u8.ToArray());
        await transport.SubmitAsync(
            new MailEnvelope("anna@contoso.com", [new EnvelopeRecipient("bob@example.net")]), content,
            cancellationToken: TestContext.Current.CancellationToken);

        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);
        await transport.ProcessPendingAsync(TestContext.Current.CancellationToken);

        var report = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_directory["home"])), TestContext.Current.CancellationToken);
        Assert.Contains("Status: 5.1.1", report, StringComparison.Ordinal);
        Assert.Contains("Remote-MTA: dns; 127.0.0.1", report, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1 no such user here", report, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-1, CN-3: everything that is wrong with the section is told with its key, all at once")]
    public void Tells_errors_with_their_keys()
    {
        _keys.Remove("Connectors:Internet:Smtp:SmartHost");
        _keys["Connectors:Internet:Smtp:Port"] = "0";
        _keys["Connectors:Internet:Smtp:Security"] = "Off";
        _keys["Connectors:Internet:Smtp:Timeout"] = "00:00:00";
        _keys["Connectors:Internet:Smtp:LocalDomain"] = "a b";
        _keys["Connectors:Internet:Smtp:Password"] = "x";
        _keys["Connectors:Internet:Smtp:PasswordFile"] = "y";
        _keys["Connectors:Other:AddressSpaces:0"] = "example.org";
        _keys["Connectors:Other:DeliveryProtocol"] = "SMTP";
        _keys["Connectors:Other:Smtp:SmartHost"] = "mail.example.org:25";

        var error = Assert.Throws<OptionsValidationException>(() => Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "Connectors:Internet:SMTP:LocalDomain: must be a host name or an address in brackets",
                "Connectors:Internet:SMTP:Password: stands beside PasswordFile; take one of the two away",
                "Connectors:Internet:SMTP:Port: must be from 1 to 65535",
                "Connectors:Internet:SMTP:Security: 'Off' is not one of None, StartTlsWhenAvailable, StartTls, Tls",
                "Connectors:Internet:SMTP:SmartHost: must name the host that messages go to",
                "Connectors:Internet:SMTP:Timeout: must be from 00:00:01 to 01:00:00",
                "Connectors:Internet:SMTP:UserName: is missing beside the password",
                "Connectors:Other:SMTP:SmartHost: 'mail.example.org:25' is neither a host name nor an IP address; the port stands in Port",
            ],
            error.Failures.Order(StringComparer.Ordinal));
    }

    private ServiceProvider Build()
    {
        _keys["Transport:BaseDirectory"] = _directory.Path;
        _keys["Connectors:Home:DropDirectory"] = _directory["home"];
        var services = new ServiceCollection().AddLogging();
        services.AddForeignConnectors(new ConfigurationBuilder().AddInMemoryCollection(_keys).Build());
        services.AddSmtpAgent();
        return services.BuildServiceProvider();
    }
}
