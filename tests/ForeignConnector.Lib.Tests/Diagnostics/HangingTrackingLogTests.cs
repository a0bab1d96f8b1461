using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>SE-8: a log volume that hangs holds up neither mail nor the end of a round or of the program.</summary>
public sealed class HangingTrackingLogTests : IDisposable
{
    private readonly TempDirectory _root = new();
    private readonly FileSystem _files = new();
    private readonly FakeTimeProvider _time = new(TrackingBench.Now);
    private readonly FakeLogger _logger = new();
    private readonly HangingVolume _volume;
    private readonly MessageTrackingLog _log;

    public HangingTrackingLogTests()
    {
        _volume = new HangingVolume(PlatformFiles.For(_files));
        _log = new MessageTrackingLog(new() { Path = _root["logs"], ServerName = "HUB01" }, _files, _volume, _time, _logger, capacity: 10_000);
    }

    public void Dispose()
    {
        _volume.Answer();
        _log.Dispose();
        DeleteRoot();
        _volume.Dispose();
    }

    [Fact(DisplayName = "SE-8: events are recorded while the volume hangs; what memory has no room for is dropped, which is told once")]
    public async Task Records_while_it_hangs()
    {
        _log.Record(TrackingBench.Receive());
        await _volume.WhenHangingAsync();

        for (var i = 0; i < 1000; i++)
            _log.Record(TrackingBench.Receive());

        Assert.InRange(_log.Dropped, 900, 999);
        Assert.Equal(1, _logger.Collector.GetSnapshot().Count(record => record.Id.Id == EventIds.TrackingLogDropping));
    }

    [Fact(DisplayName = "SE-8: a flush waits for the volume no longer than 5 seconds")]
    public async Task Flushes_with_patience()
    {
        _log.Record(TrackingBench.Receive());
        await _volume.WhenHangingAsync();

        await EndsAsync(Task.Run(_log.Flush, TestContext.Current.CancellationToken));
    }

    [Fact(DisplayName = "SE-8: the program ends although the volume hangs")]
    public async Task Closes_with_patience()
    {
        _log.Record(TrackingBench.Receive());
        await _volume.WhenHangingAsync();

        await EndsAsync(Task.Run(_log.Dispose, TestContext.Current.CancellationToken));

        _log.Record(TrackingBench.Receive());
    }

    [Fact(DisplayName = "SE-8: when the volume answers again the log goes on, and says how much is missing")]
    public async Task Goes_on()
    {
        _log.Record(TrackingBench.Receive());
        await _volume.WhenHangingAsync();
        for (var i = 0; i < 1000; i++)
            _log.Record(TrackingBench.Receive());
        var dropped = _log.Dropped;

        _volume.Answer();
        _log.Flush();
        _log.Record(TrackingBench.Receive());
        _log.Flush();

        var text = _files.File.ReadAllText(Path.Combine(_root["logs"], "MSGTRK20260131-1.LOG"));
        Assert.Contains($"#Dropped: {dropped} events", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        Assert.Equal(1002 - dropped, text.Split("\r\n").Count(line => line.Contains(",RECEIVE,", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "TR-2: a file may not be larger than all files together")]
    public void Refuses_impossible_sizes() => Assert.Throws<ArgumentException>(() => new MessageTrackingLog(
        new() { Path = "/logs", ServerName = "HUB01", MaxFileSize = ByteSize.FromMegabytes(2), MaxDirectorySize = ByteSize.FromMegabytes(1) },
        _files, _volume, _time, _logger, capacity: 10_000));

    // What a closed log left to the end of the process may still be written.
    private void DeleteRoot()
    {
        while (Directory.Exists(_root.Path))
        {
            try
            {
                _root.Dispose();
            }
            catch (IOException)
            {
                Thread.Yield();
            }
        }
    }

    private async Task EndsAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await task;
    }

    /// <summary>A volume on which the first file that is opened does not open before the test says so.</summary>
    private sealed class HangingVolume(IPlatformFiles inner) : InertPlatformFiles(inner), IDisposable
    {
        private readonly ManualResetEventSlim _answer = new();
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenHangingAsync() => _hangs.Task;

        public void Answer() => _answer.Set();

        public void Dispose() => _answer.Dispose();

        public override OpenResult OpenExclusive(string path, out LockedFile? file)
        {
            _hangs.TrySetResult();
            _answer.Wait();
            return base.OpenExclusive(path, out file);
        }
    }
}
