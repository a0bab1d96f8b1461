using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp.Tests.Peers;

/// <summary>A host with SMTP both ways: <c>contoso.com</c> goes to the Drop directory <c>home</c>, everything else to a smart host.</summary>
internal sealed class HubHost : IAsyncDisposable
{
    private readonly IHost _host;

    private HubHost(IHost host, TempDirectory directory) => (_host, Directory) = (host, directory);

    public TempDirectory Directory { get; }

    public ForeignConnectorTransport Transport => _host.Services.GetRequiredService<ForeignConnectorTransport>();

    public static async Task<HubHost> StartAsync(Dictionary<string, string?> keys)
    {
        var directory = new TempDirectory();
        var host = Build(keys, directory.Path);
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            return new HubHost(host, directory);
        }
        catch
        {
            host.Dispose();
            directory.Dispose();
            throw;
        }
    }

    public static Dictionary<string, string?> Keys(int intakePort, int smartHostPort) => new()
    {
        ["Transport:ServerName"] = "hub01.contoso.com",
        ["Transport:AcceptedDomains:0"] = "contoso.com",
        ["Transport:QueueGlitchRetryInterval"] = "00:00:01",
        ["SmtpIntake:Endpoints:0"] = $"127.0.0.1:{intakePort}",
        ["Connectors:Home:AddressSpaces:0"] = "contoso.com",
        ["Connectors:Home:DropDirectory"] = "home",
        ["Connectors:Home:CreateDropDirectory"] = "true",
        ["Connectors:Internet:AddressSpaces:0"] = "peer.example",
        ["Connectors:Internet:DeliveryProtocol"] = "SMTP",
        ["Connectors:Internet:Smtp:SmartHost"] = "127.0.0.1",
        ["Connectors:Internet:Smtp:Port"] = $"{smartHostPort}",
        ["Connectors:Internet:Smtp:Security"] = "None",
    };

    public static IHost Build(Dictionary<string, string?> keys, string directory)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = directory });
        builder.Configuration.AddInMemoryCollection(
            keys.Append(new("Transport:RootDropDirectoryPath", directory)).Select(pair => new KeyValuePair<string, string?>("ForeignConnector:" + pair.Key, pair.Value)));
        var section = builder.Configuration.GetSection(ForeignConnectorOptions.SectionName);
        builder.Logging.AddFakeLogging();
        builder.Services.AddForeignConnectors(section);
        builder.Services.AddSmtpAgent();
        builder.Services.AddSmtpIntake(section.GetSection("SmtpIntake"));
        return builder.Build();
    }

    /// <summary>The files in the Drop directory for the senders' domain.</summary>
    public string[] Home() => System.IO.Directory.Exists(Directory["home"])
        ? [.. System.IO.Directory.GetFiles(Directory["home"], "*.eml").Select(File.ReadAllText)]
        : [];

    public async Task SubmitAsync(MailEnvelope envelope, byte[] octets)
    {
        using var content = MessageContent.FromOctets(octets);
        var result = await Transport.SubmitAsync(envelope, content, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Rejected);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Dispose();
    }
}
