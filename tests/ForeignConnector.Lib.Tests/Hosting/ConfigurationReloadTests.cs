using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Hosting;

public sealed class ConfigurationReloadTests : IAsyncLifetime
{
    private readonly MockFileSystem _files = new();
    private readonly ClearableSource _source = new();
    private readonly IConfigurationRoot _configuration;
    private readonly IHost _host;
    private Exception? _trouble;
    private Func<IServiceProvider, Lib.Delivery.IForeignConnector>? _factory;

    public ConfigurationReloadTests()
    {
        _configuration = new ConfigurationBuilder().Add(_source).Build();
        _configuration["Transport:ServerName"] = "HUB01";
        _configuration["Transport:BaseDirectory"] = _files.Path.GetFullPath("root");
        Connect("A", "a.test");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddFakeLogging();
        builder.Services.AddSingleton<IFileSystem>(_files);
        builder.Services.AddForeignConnectors(_configuration);
        builder.Services.AddForeignConnectors(options =>
        {
            if (_trouble is { } trouble)
                throw trouble;
            if (_factory is { } factory)
                options.Connectors["Own"] = new() { AddressSpaces = { "own.test" }, Factory = factory };
        });
        _host = builder.Build();
    }

    private TransportState State => _host.Services.GetRequiredService<TransportState>();

    private FakeLogCollector Logs => _host.Services.GetFakeLogCollector();

    public async ValueTask InitializeAsync() => await _host.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact(DisplayName = "RT-4: what was unreachable is tried again when the configuration changes")]
    public async Task Routes_unreachable_messages_again()
    {
        await SubmitAsync("user@b.test");
        Connect("B", "b.test");

        _configuration.Reload();

        await LoggedAsync(EventIds.Delivered);
        await LoggedAsync(EventIds.Rerouted);
        await _host.StopAsync(TestContext.Current.CancellationToken);
        Assert.Single(_files.Directory.GetFiles(_files.Path.GetFullPath("root/drop/B"), "*.eml"));
        Assert.Equal(0, _host.Services.GetRequiredService<DeliveryQueue>().Count);
    }

    [Fact(DisplayName = "RT-4: what waits for a connector that is taken away finds another one")]
    public async Task Routes_messages_of_a_removed_connector_again()
    {
        _configuration["Connectors:A:CreateDropDirectory"] = "false";
        _configuration.Reload();
        await LoggedAsync(EventIds.Reloaded);
        await SubmitAsync("user@a.test");
        await LoggedAsync(EventIds.Deferred);
        _configuration["Connectors:A:Enabled"] = "false";
        Connect("Rest", "*");

        _configuration.Reload();

        await LoggedAsync(EventIds.Delivered);
        Assert.Single(_files.Directory.GetFiles(_files.Path.GetFullPath("root/drop/Rest"), "*.eml"));
    }

    [Theory(DisplayName = "RT-8: what waits for a connector that stays, and no longer matches, moves to the one that does")]
    [InlineData("Connectors:A:AddressSpaces:0", "other.test")]
    [InlineData("Connectors:A:MaxMessageSize", "1B")]
    [InlineData("Connectors:B:AddressSpaces:0", "user.a.test")]
    public async Task Routes_messages_again_that_no_longer_match(string key, string value)
    {
        _configuration["Connectors:A:AddressSpaces:1"] = "*.a.test";
        _configuration["Connectors:A:CreateDropDirectory"] = "false";
        _configuration.Reload();
        await LoggedAsync(EventIds.Reloaded);
        await SubmitAsync("one@user.a.test");
        await LoggedAsync(EventIds.Deferred);
        Connect("B", "*");
        if (key.EndsWith("AddressSpaces:0", StringComparison.Ordinal))
            _configuration["Connectors:A:AddressSpaces:1"] = key.StartsWith("Connectors:B", StringComparison.Ordinal) ? "*.a.test" : "*.other.test";
        _configuration[key] = value;

        _configuration.Reload();

        await LoggedAsync(EventIds.Delivered);
        Assert.Contains("A", State.Current.Connectors.Keys);
        Assert.Single(_files.Directory.GetFiles(_files.Path.GetFullPath("root/drop/B"), "*.eml"));
    }

    [Fact(DisplayName = "RT-7, RT-8: what waits for a connector that is another server's now waits as unreachable, and comes back with it")]
    public async Task Routes_messages_again_when_the_source_server_changes()
    {
        _configuration["Transport:SiteName"] = "Seattle";
        _configuration["Transport:Sites:Seattle:0"] = "HUB01";
        _configuration["Transport:Sites:Seattle:1"] = "HUB02";
        _configuration["Connectors:A:CreateDropDirectory"] = "false";
        _configuration.Reload();
        await LoggedAsync(EventIds.Reloaded);
        await SubmitAsync("user@a.test");
        await LoggedAsync(EventIds.Deferred);
        _configuration["Connectors:A:SourceTransportServers:0"] = "HUB02";
        _configuration.Reload();
        await LoggedAsync(EventIds.Rerouted);
        Assert.Contains(DeliveryQueue.Unreachable, _host.Services.GetRequiredService<DeliveryQueue>().Connectors());
        _configuration["Connectors:A:SourceTransportServers:0"] = "HUB01";
        _configuration["Connectors:A:CreateDropDirectory"] = "true";

        _configuration.Reload();

        await LoggedAsync(EventIds.Delivered);
        Assert.Single(_files.Directory.GetFiles(_files.Path.GetFullPath("root/drop/A"), "*.eml"));
    }

    [Theory(DisplayName = "RY-4: code of the application that throws at a reload, whatever it throws, stops nothing: the old configuration stays, and the next change counts")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Survives_code_that_throws(bool isFactory)
    {
        var before = State.Current;
        if (isFactory)
            _factory = _ => throw new InvalidOperationException("no line");
        else
            _trouble = new NotSupportedException("no file");
        _configuration.Reload();
        await LoggedAsync(EventIds.ReloadRefused);
        Assert.Same(before, State.Current);
        await SubmitAsync("user@a.test");
        await LoggedAsync(EventIds.Delivered);

        (_factory, _trouble) = (null, null);
        Connect("B", "b.test");
        _configuration.Reload();

        await LoggedAsync(EventIds.Reloaded);
        Assert.Contains("B", State.Current.Connectors.Keys);
    }

    [Fact(DisplayName = "A reload with an invalid value keeps the old table and logs every error")]
    public async Task Keeps_the_old_configuration_when_the_new_one_is_wrong()
    {
        var before = State.Current;
        _configuration["Connectors:A:AddressSpaces:0"] = "a..b";
        _configuration["Connectors:A:MaxMessageSize"] = "ten";

        _configuration.Reload();

        var errors = await LoggedAsync(EventIds.ReloadRefused, count: 2);
        Assert.Contains(errors, error => error.Contains("Connectors:A:AddressSpaces:0", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("Connectors:A:MaxMessageSize", StringComparison.Ordinal));
        Assert.Same(before, State.Current);
    }

    [Fact(DisplayName = "Issue 3: a name in two spellings is refused at a reload as well")]
    public async Task Refuses_a_name_in_two_spellings()
    {
        var before = State.Current;
        _configuration["Connectors:a:Comment"] = "the same?";

        _configuration.Reload();

        Assert.Contains("'A' and 'a'", Assert.Single(await LoggedAsync(EventIds.ReloadRefused)), StringComparison.Ordinal);
        Assert.Same(before, State.Current);
    }

    [Fact(DisplayName = "A configuration that is suddenly empty is refused, not obeyed")]
    public async Task Refuses_an_empty_configuration()
    {
        var before = State.Current;
        _source.Clear();

        _configuration.Reload();

        await LoggedAsync(EventIds.ReloadRefused);
        Assert.Same(before, State.Current);
    }

    [Fact(DisplayName = "A wrong configuration can be corrected")]
    public async Task Recovers_from_a_wrong_configuration()
    {
        _configuration["Connectors:A:MaxMessageSize"] = "ten";
        _configuration.Reload();
        await LoggedAsync(EventIds.ReloadRefused);
        _configuration["Connectors:A:MaxMessageSize"] = "10MB";
        Connect("B", "b.test");

        _configuration.Reload();

        await LoggedAsync(EventIds.Reloaded);
        Assert.Equal(["A", "B"], State.Current.Connectors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Keys that only a restart puts in force are named when they change")]
    public async Task Warns_about_keys_that_need_a_restart()
    {
        _configuration["Transport:PollingInterval"] = "00:00:09";
        _configuration["Transport:AcceptedDomains:0"] = "contoso.com";

        _configuration.Reload();

        // The default domain follows from the accepted domains.
        var keys = await LoggedAsync(EventIds.RestartNeeded, count: 2);
        Assert.Contains(keys, text => text.Contains("Transport:PollingInterval", StringComparison.Ordinal));
        Assert.Contains(keys, text => text.Contains("Transport:DefaultDomain", StringComparison.Ordinal));
        Assert.Contains("contoso.com", State.Current.AcceptedDomains);
    }

    [Fact(DisplayName = "Two connectors with one Drop directory: a warning names both keys")]
    public async Task Warns_about_a_shared_drop_directory()
    {
        Connect("B", "b.test");
        _configuration["Connectors:B:DropDirectory"] = "./A";

        _configuration.Reload();

        var warning = Assert.Single(await LoggedAsync(EventIds.SharedDropDirectory));
        Assert.Contains("Connectors:A:DropDirectory, Connectors:B:DropDirectory", warning, StringComparison.Ordinal);
    }

    private void Connect(string name, string space)
    {
        _configuration[$"Connectors:{name}:AddressSpaces:0"] = space;
        _configuration[$"Connectors:{name}:CreateDropDirectory"] = "true";
    }

    private async Task SubmitAsync(string recipient)
    {
        var envelope = new MailEnvelope("sender@contoso.com", [new EnvelopeRecipient(recipient)]);
        var content = MessageContent.FromOctets(Encoding.ASCII.GetBytes("Subject: s\r\n\r\nbody\r\n"));
        await _host.Services.GetRequiredService<MailSubmission>().SubmitAsync(envelope, content, TestContext.Current.CancellationToken);
    }

    // The first records with this event, as soon as there are as many.
    private async Task<List<string>> LoggedAsync(int eventId, int count = 1)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var found = new List<string>();
        try
        {
            await foreach (var record in Logs.GetLogsAsync(deadline.Token))
            {
                if (record.Id.Id == eventId)
                    found.Add(record.Message);
                if (found.Count == count)
                    return found;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with what was logged instead.
        }
        Assert.Fail($"event {eventId} was not logged {count} times:\n{string.Join('\n', Logs.GetSnapshot().Select(record => record.Message))}");
        return found;
    }

    private sealed class ClearableSource : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Clear() => Data.Clear();
    }
}
