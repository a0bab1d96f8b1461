using System.Globalization;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>PU-1 for directories of any size: oldest first, each file once in a pass, and a listing for each so many messages instead of for each message.</summary>
public class WaitingFilesTests
{
    private const string Directory = "/watched";
    private const int Batch = 100;

    private readonly MockFileSystem _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly WaitingFiles _waiting;
    private int _listings;

    public WaitingFilesTests()
    {
        _files.AddDirectory(Directory);
        _waiting = new WaitingFiles(
            after =>
            {
                _listings++;
                return DirectoryListing.Read(_files, new ManagedPlatformFiles(_files), Directory, _ => { }, after, Batch);
            },
            _time);
    }

    [Theory(DisplayName = "PU-1: every message has its turn once, oldest first, with one listing for each 100 of them")]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    [InlineData(950, 10)]
    public void A_pass(int count, int listings)
    {
        Put(count);

        var seen = Pass();

        Assert.Equal(Enumerable.Range(0, count).Select(Name), seen);
        Assert.Equal(listings, _listings);
    }

    [Fact(DisplayName = "PU-1: a batch holds no more than it may, whatever the directory holds")]
    public void Bounded()
    {
        Put(950);

        var listing = DirectoryListing.Read(_files, new ManagedPlatformFiles(_files), Directory, _ => { }, null, Batch);

        Assert.Equal((Batch, true), (listing.Messages.Count, listing.IsTruncated));
        Assert.InRange(listing.Messages.Capacity, Batch, 4 * Batch);
    }

    [Fact(DisplayName = "PU-1: messages that stay do not hold up those behind them")]
    public void What_stays_is_passed()
    {
        Put(250);
        Assert.Equal(250, Pass().Count);

        Assert.Equal(Enumerable.Range(0, 250).Select(Name), Pass());
    }

    [Fact(DisplayName = "PU-3: a pass that ended early goes on where it ended, without another listing; after a minute it looks again")]
    public void A_remainder()
    {
        Put(60);
        Assert.Equal(10, Pass(10).Count);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_waiting.HasRemainder);
        Assert.Equal(Enumerable.Range(10, 20).Select(Name), Pass(20));
        Assert.Equal(1, _listings);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_waiting.HasRemainder);
        Assert.Equal(60, Pass().Count);
        Assert.Equal(2, _listings);
    }

    [Fact(DisplayName = "PU-1: a message of the same age as the last of a batch is not left out")]
    public void Same_age()
    {
        for (var i = 0; i < 250; i++)
            _files.AddFile($"{Directory}/{Name(i)}", new MockFileData("") { LastWriteTime = DateTimeOffset.UnixEpoch });

        Assert.Equal(Enumerable.Range(0, 250).Select(Name), Pass());
    }

    // As the pump does it: begins unless there is a remainder, and takes up to so many.
    private List<string> Pass(int most = int.MaxValue)
    {
        var seen = new List<string>();
        if (!_waiting.HasRemainder)
            _waiting.Begin();
        while (seen.Count < most && _waiting.TryPeek(out var file))
        {
            seen.Add(file.Name);
            _waiting.Advance();
        }
        return seen;
    }

    // Neither names nor the order of creation say anything about the age.
    private void Put(int count)
    {
        foreach (var i in Enumerable.Range(0, count).OrderBy(i => i * 7919 % 1009))
            _files.AddFile($"{Directory}/{Name(i)}", new MockFileData("") { LastWriteTime = DateTimeOffset.UnixEpoch.AddMinutes(i) });
    }

    private static string Name(int i) => i.ToString("0000", CultureInfo.InvariantCulture) + ".eml";
}
