using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.IntegrationTests.Diagnostics;

/// <summary>TR-1: the message tracking log on a real disk, with real locks.</summary>
public sealed class SharedTrackingLogTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "TR-1: hosts that share a directory write to different files, and readers may watch")]
    public async Task Keeps_hosts_apart()
    {
        using (var a = Open("HUB01"))
        using (var b = Open("HUB02"))
        {
            await Task.WhenAll(new[] { a, b }.Select(log => Task.Run(() =>
            {
                for (var i = 0; i < 500; i++)
                    log.Record(Event(i));
                log.Flush();
            })));
            Assert.Equal(2, _directory.Names.Length);
            Assert.All(_directory.Names, name => Assert.Equal(500, Read(name).Count));
        }
        Assert.Equal(["HUB01", "HUB02"], _directory.Names.Select(name => Read(name).Select(line => line["server-hostname"]).Distinct().Single()).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "TR-1: a file that a host writes to is not deleted by another one; when it is closed, it is")]
    public void Spares_files_in_use()
    {
        using var idle = Open("HUB01");
        idle.Record(Event(0));
        idle.Flush();
        var name = Assert.Single(_directory.Names);
        File.SetLastWriteTimeUtc(_directory[name], DateTime.UtcNow.AddDays(-60));

        using (var busy = Open("HUB02"))
        {
            busy.Record(Event(1));
            busy.Flush();
            Assert.Contains(name, _directory.Names);
        }
        idle.Dispose();
        File.SetLastWriteTimeUtc(_directory[name], DateTime.UtcNow.AddDays(-60));
        File.Move(_directory[name], _directory["MSGTRK20200101-1.LOG"]);
        using var later = Open("HUB03");
        later.Record(Event(2));
        later.Flush();

        Assert.DoesNotContain("MSGTRK20200101-1.LOG", _directory.Names);
    }

    [Fact(DisplayName = "TR-1: a restart goes on in the same file, on a line of its own")]
    public void Goes_on_after_a_crash()
    {
        using (var first = Open("HUB01"))
            first.Record(Event(0));
        var name = Assert.Single(_directory.Names);
        File.AppendAllText(_directory[name], "2026-01-31T23:59:59.000Z,,,,HU");

        using (var second = Open("HUB01"))
            second.Record(Event(1));

        var lines = File.ReadAllText(_directory[Assert.Single(_directory.Names)]).Split("\r\n");
        Assert.Equal(5 + 2 + 5 + 1 + 1, lines.Length);
        Assert.Equal("", lines[^1]);
    }

    [Fact(DisplayName = "TR-1: a directory that cannot be written to is an outage of the log alone")]
    public void Bears_a_directory_without_permission()
    {
        _directory.Write("in-the-way", "");
        using var log = new MessageTrackingLog(
            new() { Path = _directory["in-the-way/logs"], ServerName = "HUB01" }, new FileSystem(), TimeProvider.System, NullLogger<MessageTrackingLog>.Instance);
        log.Record(Event(0));
        log.Flush();

        Assert.True(log.IsFailing);
    }

    private MessageTrackingLog Open(string server) =>
        new(new() { Path = _directory.Path, ServerName = server }, new FileSystem(), TimeProvider.System, NullLogger<MessageTrackingLog>.Instance);

    private IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string name)
    {
        using var stream = new FileStream(_directory[name], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return TrackingLogText.Read(reader.ReadToEnd()).Events;
    }

    private static TrackingEvent Event(int number) => new()
    {
        Kind = TrackingEventKind.Receive,
        Source = TrackingSource.Gateway,
        Sender = "bob@fabrikam.com",
        Recipients = [new EnvelopeRecipient($"user{number}@contoso.com")],
    };
}
