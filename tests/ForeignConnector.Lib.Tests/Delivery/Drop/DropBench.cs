using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Delivery.Drop;

/// <summary>One Drop directory in memory and its connector. Text stands for octets, one for each character (Latin-1).</summary>
internal sealed class DropBench
{
    public const string Directory = "/drop";

    public const string Message = "Subject: x\r\n\r\nbody\r\n";

    private readonly Lazy<DropDirectoryConnector> _connector;

    public DropBench(bool exists = true)
    {
        if (exists)
            Files.AddDirectory(Directory);
        _connector = new(() => new DropDirectoryConnector(Options, Files, Logger, Time));
    }

    public MockFileSystem Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 31, 23, 59, 58, TimeSpan.Zero));

    public FakeLogger<DropDirectoryConnector> Logger { get; } = new();

    public DropDirectoryOptions Options { get; } = new() { Name = "Fax", DropDirectory = Directory };

    public DropDirectoryConnector Connector => _connector.Value;

    public string[] Names => [.. Files.AllFiles.Select(path => Files.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string[] Logged => [.. Logger.Collector.GetSnapshot().Select(record => record.Message)];

    /// <summary>Delivers to one recipient; "2.0.0", or the status of the refusal.</summary>
    public async Task<string> DeliverAsync(string id, string message = Message) =>
        Assert.Single((await DeliverAsync(id, message, "IMCEAFAX-1@contoso.com")).Outcomes).Status.ToString();

    public Task<DeliveryReport> DeliverAsync(string id, string message, params string[] recipients) =>
        DeliverAsync(id, new MailEnvelope("bob@fabrikam.com", [.. recipients.Select(address => new EnvelopeRecipient(address))]), message);

    public Task<DeliveryReport> DeliverAsync(string id, MailEnvelope envelope, string message) => Connector.DeliverAsync(
        new DeliveryRequest(id, envelope, MessageContent.FromOctets(Encoding.Latin1.GetBytes(message))), CancellationToken.None).AsTask();

    public string Read(string name) => Encoding.Latin1.GetString(Files.File.ReadAllBytes(PathOf(name)));

    public void Put(string name, int octets) => Files.AddFile(PathOf(name), new MockFileData(new byte[octets]));

    public void Take(string name) => Files.File.Delete(PathOf(name));

    private string PathOf(string name) => Files.Path.Combine(Directory, name);
}
