using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-1: the files of the message tracking log.</summary>
public class MessageTrackingLogTests
{
    [Fact(DisplayName = "TR-1: nothing is touched before the first event")]
    public void Begins_with_the_first_event()
    {
        using var bench = new TrackingBench();
        bench.Log.Flush();

        Assert.False(bench.Files.Directory.Exists(TrackingBench.Directory));
    }

    [Fact(DisplayName = "TR-1: the background writes without being asked")]
    public async Task Writes_in_the_background()
    {
        using var bench = new TrackingBench();
        bench.Log.Record(TrackingBench.Receive());

        while (bench.Names is [])
            await Task.Yield();
        bench.Log.Dispose();

        Assert.Single(bench.Read().Events);
    }

    [Fact(DisplayName = "TR-1: what was recorded is written before the log is closed; later events are too late")]
    public void Closes_with_everything_written()
    {
        using var bench = new TrackingBench();
        for (var i = 0; i < 100; i++)
            bench.Log.Record(TrackingBench.Receive());
        bench.Log.Dispose();
        bench.Log.Record(TrackingBench.Receive());
        bench.Log.Flush();

        Assert.Equal(100, bench.Read().Events.Count);
    }

    [Fact(DisplayName = "TR-1: a new UTC day is a new file")]
    public void Rotates_by_day()
    {
        using var bench = new TrackingBench();
        bench.Record(TrackingBench.Receive());
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Record(TrackingBench.Receive());

        Assert.Equal(["MSGTRK20260131-1.LOG", "MSGTRK20260201-1.LOG"], bench.Names);
        Assert.Single(bench.Read("MSGTRK20260201-1.LOG").Events);
    }

    [Fact(DisplayName = "TR-1: a full file is followed by the next number; no line is split, none is lost")]
    public void Rotates_by_size()
    {
        using var bench = new TrackingBench(options => options.MaxFileSize = ByteSize.FromKilobytes(64));
        for (var i = 0; i < 2000; i++)
            bench.Log.Record(TrackingBench.Receive() with { Detail = i.ToString(CultureInfo.InvariantCulture) });
        bench.Log.Flush();

        Assert.True(bench.Names.Length > 5);
        Assert.All(bench.Names, name => Assert.InRange(bench.Files.GetFile(bench.Files.Path.Combine(TrackingBench.Directory, name)).Contents.Length, 1, 64 << 10));
        var ordered = bench.Names.OrderBy(name => int.Parse(name["MSGTRK20260131-".Length..^".LOG".Length], CultureInfo.InvariantCulture));
        var numbers = ordered.SelectMany(name => bench.Read(name).Events).Select(line => int.Parse(line["source-context"], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, 2000), numbers);
    }

    [Fact(DisplayName = "TR-1: a line that is larger than a file may be has one of its own")]
    public void Keeps_a_line_that_is_too_large()
    {
        using var bench = new TrackingBench(options => options.MaxFileSize = ByteSize.FromKilobytes(64));
        bench.Record(TrackingBench.Receive(), TrackingBench.Receive() with { Detail = new string('x', 100_000) }, TrackingBench.Receive());

        Assert.Equal([1, 1, 1], bench.Names.Select(name => bench.Read(name).Events.Count));
    }

    [Fact(DisplayName = "TR-1: a restart goes on in the file of the day")]
    public void Appends_after_a_restart()
    {
        using var bench = new TrackingBench();
        bench.Record(TrackingBench.Receive());
        bench.Log.Dispose();
        using var next = new MessageTrackingLog(new() { Path = TrackingBench.Directory, ServerName = "HUB01" }, bench.Files, bench.Time, bench.Logger);
        next.Record(TrackingBench.Receive());
        next.Flush();
        next.Dispose();

        Assert.Equal(["MSGTRK20260131-1.LOG"], bench.Names);
        Assert.Equal(2, bench.Read().Events.Count);
        Assert.Equal(5, bench.Read().Remarks.Count);
    }

    [Fact(DisplayName = "TR-1: a line that a crash cut off harms no other line")]
    public void Goes_on_after_a_torn_line()
    {
        using var bench = new TrackingBench();
        const string path = $"{TrackingBench.Directory}/MSGTRK20260131-1.LOG";
        bench.Files.AddFile(path, new("#Software: ForeignConnector.Lib\r\n2026-01-31T23:59:57.000Z,,,,HU"));
        bench.Record(TrackingBench.Receive());

        var lines = bench.Files.File.ReadAllText(path).Split("\r\n");
        Assert.Equal("2026-01-31T23:59:57.000Z,,,,HU", lines[1]);
        Assert.Equal("#Software: ForeignConnector.Lib", lines[2]);
        Assert.StartsWith("2026-01-31T23:59:58.123Z,,,,HUB01,", lines[7], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "TR-1: files beyond the age limit are deleted; other files are not")]
    public void Deletes_what_is_too_old()
    {
        using var bench = new TrackingBench();
        bench.Record(TrackingBench.Receive());
        foreach (var name in new[] { "MSGTRK20260131-1.LOG", "MSGTRKMA20260131-1.LOG", "notes.txt" })
            bench.Files.AddFile($"{TrackingBench.Directory}/{name}", new(bench.Names.Contains(name) ? bench.Files.File.ReadAllText($"{TrackingBench.Directory}/{name}") : "") { LastWriteTime = TrackingBench.Now });
        bench.Time.Advance(TimeSpan.FromDays(30));
        bench.Record(TrackingBench.Receive());
        Assert.Contains("MSGTRK20260131-1.LOG", bench.Names);

        bench.Time.Advance(TimeSpan.FromDays(1));
        bench.Record(TrackingBench.Receive());

        Assert.Equal(["MSGTRK20260302-1.LOG", "MSGTRK20260303-1.LOG", "MSGTRKMA20260131-1.LOG", "notes.txt"], bench.Names);
    }

    [Fact(DisplayName = "TR-1: an age limit of 0 keeps files for ever")]
    public void Keeps_files_for_ever()
    {
        using var bench = new TrackingBench(options => options.MaxAge = TimeSpan.Zero);
        bench.Files.AddFile($"{TrackingBench.Directory}/MSGTRK19990101-1.LOG", new("") { LastWriteTime = TrackingBench.Now.AddYears(-27) });
        bench.Record(TrackingBench.Receive());

        Assert.Contains("MSGTRK19990101-1.LOG", bench.Names);
    }

    [Fact(DisplayName = "TR-1: the oldest files go when the directory would grow beyond its limit")]
    public void Deletes_what_is_too_much()
    {
        using var bench = new TrackingBench(options =>
        {
            options.MaxFileSize = ByteSize.FromKilobytes(64);
            options.MaxDirectorySize = ByteSize.FromKilobytes(256);
        });
        for (var i = 0; i < 20; i++)
            bench.Record([.. Enumerable.Repeat(TrackingBench.Receive() with { Detail = new string('x', 1000) }, 50)]);

        Assert.InRange(bench.Names.Sum(name => bench.Files.GetFile(bench.Files.Path.Combine(TrackingBench.Directory, name)).Contents.Length), 128 << 10, 256 << 10);
        Assert.DoesNotContain("MSGTRK20260131-1.LOG", bench.Names);
    }

    [Fact(DisplayName = "TR-1: the age limit works in a log that has nothing to write")]
    public async Task Deletes_while_idle()
    {
        using var bench = new TrackingBench(options => options.MaxAge = TimeSpan.FromHours(2));
        bench.Record(TrackingBench.Receive());
        const string old = $"{TrackingBench.Directory}/MSGTRK20260101-1.LOG";
        bench.Files.AddFile(old, new("") { LastWriteTime = TrackingBench.Now.AddDays(-1) });

        while (bench.Files.File.Exists(old))
        {
            bench.Time.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
        }

        Assert.Equal(["MSGTRK20260131-1.LOG"], bench.Names);
    }

    [Fact(DisplayName = "TR-1: what many threads record at once is there, each event once and whole")]
    public async Task Takes_events_from_many_threads()
    {
        using var bench = new TrackingBench();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
                bench.Log.Record(TrackingBench.Receive() with { Detail = $"{thread}-{i}" });
        })));
        bench.Log.Flush();

        var seen = bench.Read().Events.Select(line => line["source-context"]).ToList();
        Assert.Equal(2000, seen.Distinct().Count());
        Assert.Equal(2000, seen.Count);
        for (var thread = 0; thread < 8; thread++)
            Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{thread}-{i}"), seen.Where(name => name.StartsWith($"{thread}-", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "TR-1: an outage is logged once, mail goes on, and the events of the outage are written afterwards")]
    public void Survives_an_outage()
    {
        using var bench = new TrackingBench();
        bench.Files.AddFile(TrackingBench.Directory, new("in the way"));
        bench.Record(TrackingBench.Receive(), TrackingBench.Receive());
        bench.Record(TrackingBench.Receive());
        Assert.True(bench.Log.IsFailing);
        Assert.Equal([EventIds.TrackingLogUnavailable], bench.Logged);

        bench.Files.File.Delete(TrackingBench.Directory);
        bench.Record(TrackingBench.Receive());

        Assert.False(bench.Log.IsFailing);
        Assert.Equal([EventIds.TrackingLogUnavailable, EventIds.TrackingLogAvailable], bench.Logged);
        Assert.Equal(4, bench.Read().Events.Count);
    }

    [Fact(DisplayName = "TR-1: a log that failed tries again by itself")]
    public async Task Tries_again()
    {
        using var bench = new TrackingBench();
        bench.Files.AddFile(TrackingBench.Directory, new("in the way"));
        bench.Log.Record(TrackingBench.Receive());
        while (!bench.Log.IsFailing)
            await Task.Yield();

        bench.Files.File.Delete(TrackingBench.Directory);
        while (bench.Log.IsFailing)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        bench.Log.Dispose();
        Assert.Single(bench.Names);
    }

    [Fact(DisplayName = "TR-1: what memory has no room for is dropped, counted, and noted where it is missing")]
    public void Drops_what_does_not_fit()
    {
        using var bench = new TrackingBench();
        bench.Files.AddFile(TrackingBench.Directory, new("in the way"));
        bench.Record(TrackingBench.Receive());
        var large = TrackingBench.Receive() with { Detail = new string('x', 1 << 20) };
        for (var i = 0; i < 6; i++)
            bench.Log.Record(large);
        bench.Log.Record(TrackingBench.Receive());
        Assert.Equal(4, bench.Log.Dropped);

        bench.Files.File.Delete(TrackingBench.Directory);
        bench.Record();

        var log = bench.Read();
        Assert.Equal(4, log.Events.Count);
        Assert.Equal("#Dropped: 4 events before 2026-01-31T23:59:58.123Z, because the log could not be written fast enough", log.Remarks[^1]);
        Assert.Contains(EventIds.TrackingLogDropped, bench.Logged);
    }

    [Fact(DisplayName = "TR-1: a log whose file was deleted begins a new one")]
    public void Notices_a_deleted_file()
    {
        using var bench = new TrackingBench();
        bench.Record(TrackingBench.Receive());
        bench.Files.File.Delete($"{TrackingBench.Directory}/MSGTRK20260131-1.LOG");
        bench.Record(TrackingBench.Receive());

        Assert.Single(bench.Read().Events);
    }
}
