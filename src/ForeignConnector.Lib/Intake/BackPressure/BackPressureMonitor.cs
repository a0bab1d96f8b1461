using System.Collections.Immutable;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>
/// Closes intake before the volumes of the queue and of the Drop directories are full, and before the queue is longer than memory bears. The scarcest
/// resource decides; what cannot be measured does not count. Thread-safe.
/// </summary>
public sealed class BackPressureMonitor : IIntakeGate
{
    private readonly BackPressureOptions _options;
    private readonly Func<IEnumerable<(string Name, string Path)>> _directories;
    private readonly Func<int> _queueLength;
    private readonly IPlatformFiles _platform;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private long? _sampledAt;
    private volatile IReadOnlyList<ResourceReading> _readings = [];

    /// <summary>A monitor. Nothing is measured before it is asked.</summary>
    /// <param name="options">The marks.</param>
    /// <param name="directories">The directories whose volumes count, each with a name to show; asked at every reading.</param>
    /// <param name="queueLength">How many messages are queued; asked as often as the pace, so it must be quick.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes of the pace go.</param>
    public BackPressureMonitor(
        BackPressureOptions options, Func<IEnumerable<(string Name, string Path)>> directories, Func<int> queueLength, IFileSystem files, TimeProvider time,
        ILogger<BackPressureMonitor> logger)
        : this(options, directories, queueLength, PlatformFiles.For(files), time, logger)
    {
    }

    internal BackPressureMonitor(
        BackPressureOptions options, Func<IEnumerable<(string Name, string Path)>> directories, Func<int> queueLength, IPlatformFiles platform,
        TimeProvider time, ILogger logger)
    {
        _options = options;
        _directories = directories;
        _queueLength = queueLength;
        _platform = platform;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public IntakePace Pace => PaceOf(Readings) is var pace && IsQueueFull ? IntakePace.Closed : pace;

    // Asked every time, because the queue can grow by thousands between two readings: no more than are being taken in come on top of the limit.
    private bool IsQueueFull => _queueLength() >= _options.MaxQueueLength;

    /// <summary>Every resource that can be measured, not older than <see cref="BackPressureOptions.SampleInterval"/>.</summary>
    public IReadOnlyList<ResourceReading> Readings
    {
        get
        {
            lock (_gate)
            {
                if (_sampledAt is not { } then || _time.GetElapsedTime(then) >= _options.SampleInterval)
                {
                    _sampledAt = _time.GetTimestamp();
                    Sample();
                }
                return _readings;
            }
        }
    }

    private static IntakePace PaceOf(IReadOnlyList<ResourceReading> readings) => readings.Count == 0 ? IntakePace.Open : readings.Max(reading => reading.Pace);

    private void Sample()
    {
        var before = _readings;
        var after = Measure().Select(now => new ResourceReading(now.Resource, now.Left, now.Marks.Assess(now.Left, PaceBefore(now.Resource)))).ToImmutableArray();
        _readings = after;
        if (PaceOf(after) is var pace && pace != PaceOf(before))
            LogChange(pace, after);

        IntakePace PaceBefore(string resource) => before.FirstOrDefault(reading => reading.Resource == resource)?.Pace ?? IntakePace.Open;
    }

    private IEnumerable<(string Resource, long Left, Watermarks Marks)> Measure()
    {
        foreach (var (name, path) in _directories())
        {
            if (_platform.SpaceAt(path) is not { } space)
                continue;
            yield return ($"free space of {name}", space.FreeOctets, Watermarks.ForVolume(_options.MinimumFreeSpace.Octets, space.TotalOctets));
            if (space is { FreeFiles: { } files, TotalFiles: { } total })
                yield return ($"free files of {name}", files, Watermarks.ForVolume(_options.MinimumFreeFiles, total));
        }
        if (_options.MaxQueueLength is { } limit)
            yield return ("queue length", (long)limit - _queueLength(), Watermarks.ForGrowth(limit));
    }

    private void LogChange(IntakePace pace, ImmutableArray<ResourceReading> readings)
    {
        if (pace == IntakePace.Open)
        {
            _logger.BackPressureEnded();
            return;
        }
        var scarce = readings.Where(reading => reading.Pace == pace).Select(reading => FormattableString.Invariant($"{reading.Resource}: {reading.Left} left"));
        _logger.BackPressure(pace, string.Join("; ", scarce));
    }
}
