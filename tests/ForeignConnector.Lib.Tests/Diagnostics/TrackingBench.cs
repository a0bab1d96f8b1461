using System.IO.Abstractions.TestingHelpers;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>A message tracking log in memory.</summary>
internal sealed class TrackingBench : IDisposable
{
    public const string Directory = "/logs";

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 23, 59, 58, 123, TimeSpan.Zero);

    public TrackingBench(Action<MessageTrackingLogOptions>? configure = null)
    {
        var options = new MessageTrackingLogOptions { Path = Directory, ServerName = "HUB01" };
        configure?.Invoke(options);
        Log = new MessageTrackingLog(options, Files, Time, Logger);
    }

    public MockFileSystem Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(Now);

    public FakeLogger<MessageTrackingLog> Logger { get; } = new();

    public MessageTrackingLog Log { get; }

    public string[] Names => [.. Files.AllFiles.Select(path => Files.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public IEnumerable<int> Logged => Logger.Collector.GetSnapshot().Select(record => record.Id.Id);

    public static SubmissionId Id { get; } = new(Now.AddSeconds(-1), UInt128.Parse("123456789abcdef00112233445566778", System.Globalization.NumberStyles.HexNumber, null));

    public static TrackingEvent Receive(string header = "Message-ID: <1@contoso.com>\r\n") => new()
    {
        Kind = TrackingEventKind.Receive,
        Source = TrackingSource.Pickup,
        Id = Id,
        Sender = "bob@fabrikam.com",
        Recipients = [new EnvelopeRecipient("mary@contoso.com")],
        Content = MessageContent.FromOctets(Encoding.UTF8.GetBytes(header + "\r\nbody\r\n")),
    };

    public void Record(params TrackingEvent[] events)
    {
        foreach (var happened in events)
            Log.Record(happened);
        Log.Flush();
    }

    public TrackingLogText Read(string name = "MSGTRK20260131-1.LOG") => TrackingLogText.Read(Files.File.ReadAllText(Files.Path.Combine(Directory, name)));

    public IReadOnlyDictionary<string, string> RecordOne(TrackingEvent happened)
    {
        Record(happened);
        return Assert.Single(Read().Events);
    }

    public void Dispose() => Log.Dispose();
}
