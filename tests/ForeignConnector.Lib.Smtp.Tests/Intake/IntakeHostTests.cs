using System.Net;
using ForeignConnector.Lib.Smtp.Tests.Peers;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Smtp.Tests.Intake;

/// <summary>SM-5: the intake in a host.</summary>
public sealed class IntakeHostTests
{
    private readonly int _port = PostfixPeer.FreePort();

    private Dictionary<string, string?> Keys => field ??= HubHost.Keys(_port, smartHostPort: 1);

    [Fact(DisplayName = "SM-5: what comes in goes where it belongs, and nowhere else; Bcc is gone, the record says SMTP")]
    public async Task Comes_in()
    {
        Keys["Transport:MessageTrackingLogPath"] = "logs";
        await using var hub = await HubHost.StartAsync(Keys);
        using (var client = await RawClient.GreetedAsync(new IPEndPoint(IPAddress.Loopback, _port)))
        {
            Assert.StartsWith("250 2.6.0", await client.DeliverAsync("From: anna@example.net\r\nBcc: eve@contoso.com\r\nX-Receiver: joe@contoso.com\r\n\r\nHello.", "bob@contoso.com"), StringComparison.Ordinal);
            await client.AskAsync("MAIL FROM:<anna@example.net>");
            Assert.StartsWith("550 5.1.2", await client.AskAsync("RCPT TO:<bob@example.org>"), StringComparison.Ordinal);
            Assert.StartsWith("550 5.1.2", await client.AskAsync("RCPT TO:<IMCEAFAX-123@contoso.com>"), StringComparison.Ordinal);
            await client.AskAsync("QUIT");
        }

        await Wait.UntilAsync(() => hub.Home().Length == 1);
        var file = hub.Home()[0];
        Assert.Contains("X-Receiver: <bob@contoso.com>\r\n", file, StringComparison.Ordinal);
        Assert.Contains("X-HeloDomain: client.example\r\n", file, StringComparison.Ordinal);
        Assert.Contains("X-Source: SMTP\r\n", file, StringComparison.Ordinal);
        Assert.DoesNotContain("eve@contoso.com", file, StringComparison.Ordinal);
        await hub.Transport.StopAsync();
        hub.Transport.TrackingLog!.Flush();
        var log = string.Concat(Directory.GetFiles(hub.Directory["logs"]).Select(File.ReadAllText));
        Assert.Contains(",SMTP,RECEIVE,", log, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: everything that is wrong with the section is told with its key, together with everything else; nothing is started")]
    public async Task Tells_errors_with_their_keys()
    {
        Keys["SmtpIntake:Endpoints:1"] = "localhost:25";
        Keys["SmtpIntake:Endpoints:2"] = "127.0.0.1";
        Keys["SmtpIntake:AllowedNetworks:0"] = "everybody";
        Keys["SmtpIntake:MaxMessageSize"] = "1KB";
        Keys["SmtpIntake:MaxSessions"] = "many";
        Keys["Connectors:Internet:Smtp:Port"] = "0";

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => HubHost.StartAsync(Keys));

        Assert.Equal(
            [
                "Connectors:Internet:SMTP:Port: must be from 1 to 65535",
                "SmtpIntake:AllowedNetworks:0: 'everybody' is not a network, such as 192.0.2.0/24",
                "SmtpIntake:Endpoints:1: 'localhost:25' is not an IP address and a port, such as 127.0.0.1:2525",
                "SmtpIntake:Endpoints:2: '127.0.0.1' is not an IP address and a port, such as 127.0.0.1:2525",
                "SmtpIntake:MaxMessageSize: must be from 64KB to 2GB",
                "SmtpIntake:MaxSessions: 'many' is not a whole number",
            ],
            error.Failures.Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "SM-5: a certificate that is none, and an endpoint that others have, end the start before anything is taken in")]
    public async Task Cannot_start()
    {
        await using (var hub = await HubHost.StartAsync(Keys))
        {
            var error = await Assert.ThrowsAsync<IOException>(() => HubHost.StartAsync(Keys));
            Assert.StartsWith($"SmtpIntake:Endpoints: 127.0.0.1:{_port} cannot be listened on", error.Message, StringComparison.Ordinal);
        }
        Keys["SmtpIntake:CertificateFile"] = "missing.pem";
        var invalid = await Assert.ThrowsAsync<OptionsValidationException>(() => HubHost.StartAsync(Keys));
        Assert.StartsWith("SmtpIntake:CertificateFile: 'missing.pem' holds no certificate", Assert.Single(invalid.Failures), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "SM-5: an unknown key of the section is warned about, and the section itself is none; without endpoints it is off")]
    public async Task Unknown_keys()
    {
        Keys.Remove("SmtpIntake:Endpoints:0");
        Keys["SmtpIntake:Endpoint"] = $"127.0.0.1:{_port}";
        using var directory = new TempDirectory();
        using var host = HubHost.Build(Keys, directory.Path);
        await host.StartAsync(TestContext.Current.CancellationToken);

        var warnings = host.Services.GetFakeLogCollector().GetSnapshot().Select(record => record.Message).ToList();
        Assert.Contains(warnings, text => text.Contains("SmtpIntake:Endpoint", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, text => text.Contains("SmtpIntake ", StringComparison.Ordinal));
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port)));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
