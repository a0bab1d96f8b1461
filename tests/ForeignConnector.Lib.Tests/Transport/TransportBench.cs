using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace ForeignConnector.Lib.Tests.Transport;

/// <summary>A transport without a host, in memory.</summary>
internal sealed class TransportBench : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly Action<ForeignConnectorOptions>? _configure;

    public TransportBench(Action<ForeignConnectorOptions>? configure = null, Action<TransportServices>? replace = null, MockFileSystem? files = null)
    {
        Files = files ?? new MockFileSystem();
        _configure = configure;
        var services = new TransportServices { Files = Files, Time = Time, Loggers = LoggerFactory.Create(logging => logging.AddProvider(new FakeLoggerProvider(Logs))) };
        replace?.Invoke(services);
        Transport = ForeignConnectorTransport.Create(Options(), services);
    }

    public MockFileSystem Files { get; }

    public FakeTimeProvider Time { get; } = new(Now);

    public FakeLogCollector Logs { get; } = new();

    public ForeignConnectorTransport Transport { get; }

    public static MimeMessage Message(params string[] to)
    {
        var message = new MimeMessage { Subject = "an invoice", Body = new TextPart("plain") { Text = "body" } };
        message.From.Add(MailboxAddress.Parse("sender@contoso.com"));
        message.To.AddRange(to.Select(MailboxAddress.Parse));
        return message;
    }

    /// <summary>The options anew, as a reload makes them.</summary>
    public ForeignConnectorOptions Options(Action<ForeignConnectorOptions>? change = null)
    {
        var options = new ForeignConnectorOptions();
        options.Transport.BaseDirectory = Files.Path.GetFullPath("root");
        options.Transport.ServerName = "HUB01";
        options.Transport.AcceptedDomains.Add("contoso.com");
        options.Connectors["A"] = new() { AddressSpaces = { "a.test" }, CreateDropDirectory = true };
        _configure?.Invoke(options);
        change?.Invoke(options);
        return options;
    }

    public string PathOf(string path) => Files.Path.GetFullPath(Files.Path.Combine("root", path));

    public string[] Dropped(string connector) =>
        Files.Directory.Exists(PathOf("drop/" + connector)) ? Files.Directory.GetFiles(PathOf("drop/" + connector), "*.eml") : [];

    public ValueTask DisposeAsync() => Transport.DisposeAsync();
}
