using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage.Platform;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>
/// Closes intake before the volume of the queue is full, and before the queue is longer than memory bears (BP-1). The scarcest resource
/// decides; what cannot be measured does not count. Thread-safe.
/// </summary>
/// <remarks>
/// Volumes are asked in the background, one question for each at a time; whoever asks for the pace gets what was last heard. A volume that
/// does not answer keeps its last reading, and that is told once. A Drop directory does not count: when its volume is full or hangs, its
/// own messages wait in the queue.
/// </remarks>
public sealed class BackPressureMonitor : IIntakeGate
{
    // A share that is merely busy answers sooner.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    private readonly BackPressureOptions _options;
    private readonly Func<IEnumerable<(string Name, string Path)>> _directories;
    private readonly Func<int> _queueLength;
    private readonly IPlatformFiles _platform;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PatientQuestions _questions;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, VolumeWatch> _watches = new(StringComparer.Ordinal);
    private long? _sampledAt;
    private volatile IReadOnlyList<VolumeWatch> _volumes = [];
    private volatile IReadOnlyList<ResourceReading> _readings = [];

    /// <summary>A monitor. Nothing is measured before it is asked.</summary>
    /// <param name="options">The marks.</param>
    /// <param name="directories">
    /// The directories whose volumes count, each with a name to show: the queue's, as a rule. Asked for at every reading.
    /// </param>
    /// <param name="queueLength">How many messages are queued; asked as often as the pace, so it must be quick.</param>
    /// <param name="files">The file system.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes of the pace go.</param>
    public BackPressureMonitor(
        BackPressureOptions options,
            Func<IEnumerable<(string Name, string Path)>> directories, Func<int> queueLength, IFileSystem files, TimeProvider time,
        ILogger<BackPressureMonitor> logger)
        : this(options, directories, queueLength, PlatformFiles.For(files), time, logger)
    {
    }

    internal BackPressureMonitor(
        BackPressureOptions options,
            Func<IEnumerable<(string Name, string Path)>> directories, Func<int> queueLength, IPlatformFiles platform,
        TimeProvider time, ILogger logger, Action<Action>? background = null)
    {
        _options = options;
        _directories = directories;
        _queueLength = queueLength;
        _platform = platform;
        _time = time;
        _logger = logger;
        _questions = new PatientQuestions(time, background);
    }

    /// <inheritdoc/>
    public IntakePace Pace => PaceOf(Readings) is var pace && IsQueueFull ? IntakePace.Closed : pace;

    // Asked every time, because the queue can grow by thousands between two readings: no more than are being taken in come on top of the
    // limit.
    private bool IsQueueFull => _queueLength() >= _options.MaxQueueLength;

    /// <summary>
    /// Every resource that has been measured. A reading older than <see cref="BackPressureOptions.SampleInterval"/> is taken again in the
    /// background; the property waits for nothing.
    /// </summary>
    public IReadOnlyList<ResourceReading> Readings
    {
        get
        {
            AskWhenDue();
            return _readings;
        }
    }

    /// <summary>The names of volumes that have not answered for half a minute. Their last readings count.</summary>
    public IReadOnlyList<string> Silent => [.. _volumes.Where(volume => volume.IsSilent(SilenceLimit)).Select(volume => volume.Name)];

    /// <inheritdoc/>
    public bool HasRoomFor(long octets)
    {
        AskWhenDue();
        return _volumes.All(volume => volume.Last is not { } space || octets <= space.FreeOctets - MarksOf(space).Stop);
    }

    /// <summary>Asks all volumes and waits for their answers, so that the first pace is a measured one.</summary>
    /// <param name="patience">The longest wait. A volume that has not answered by then does not count until it does.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task MeasureAsync(TimeSpan patience, CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.WhenAll(Ask()).WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Told of by whoever asks for the pace, if it lasts.
        }
    }

    private static IntakePace PaceOf(IReadOnlyList<ResourceReading> readings) =>
        readings.Count == 0 ? IntakePace.Open : readings.Max(reading => reading.Pace);

    private Watermarks MarksOf(VolumeSpace space) => Watermarks.ForVolume(_options.MinimumFreeSpace.Octets, space.TotalOctets);

    private void AskWhenDue()
    {
        lock (_gate)
        {
            if (_sampledAt is { } then && _time.GetElapsedTime(then) < _options.SampleInterval)
                return;
        }
        _ = Ask();
    }

    private List<Task> Ask()
    {
        List<Task> questions = [];
        lock (_gate)
        {
            _sampledAt = _time.GetTimestamp();
            _volumes = [.. _directories().Select(Watch)];
        }
        foreach (var volume in _volumes)
        {
            if (volume.IsSilent(SilenceLimit) && volume.BeginTelling())
                _logger.VolumeSilent(volume.Name, (long)SilenceLimit.TotalSeconds);
            questions.Add(volume.Ask(wasSilent => Answered(volume.Name, wasSilent)));
        }
        Assess();
        return questions;
    }

    // A watch is kept, so that a volume that hangs has one question however often it comes and goes.
    private VolumeWatch Watch((string Name, string Path) directory)
    {
        if (!_watches.TryGetValue(directory.Path, out var watch))
            _watches[directory.Path] = watch = new VolumeWatch(directory.Name, directory.Path, _platform, _questions, _time);
        return watch;
    }

    private void Answered(string name, bool wasSilent)
    {
        if (wasSilent)
            _logger.VolumeAnswers(name);
        Assess();
    }

    private void Assess()
    {
        IReadOnlyList<ResourceReading> before, after;
        lock (_gate)
        {
            before = _readings;
            _readings = after = [.. Measured().Select(
                now => new ResourceReading(now.Resource, now.Left, now.Marks.Assess(now.Left, PaceBefore(now.Resource))))];
        }
        if (PaceOf(after) is var pace && pace != PaceOf(before))
            LogChange(pace, after);

        IntakePace PaceBefore(string resource) => before.FirstOrDefault(reading => reading.Resource == resource)?.Pace ?? IntakePace.Open;
    }

    private IEnumerable<(string Resource, long Left, Watermarks Marks)> Measured()
    {
        foreach (var volume in _volumes)
        {
            if (volume.Last is not { } space)
                continue;
            yield return ($"free space of {volume.Name}", space.FreeOctets, MarksOf(space));
            if (space is { FreeFiles: { } files, TotalFiles: { } total })
                yield return ($"free files of {volume.Name}", files, Watermarks.ForVolume(_options.MinimumFreeFiles, total));
        }
        if (_options.MaxQueueLength is { } limit)
            yield return ("queue length", (long)limit - _queueLength(), Watermarks.ForGrowth(limit));
    }

    private void LogChange(IntakePace pace, IReadOnlyList<ResourceReading> readings)
    {
        if (pace == IntakePace.Open)
        {
            _logger.BackPressureEnded();
            return;
        }
        var scarce = readings.Where(reading => reading.Pace == pace).Select(
            reading => FormattableString.Invariant($"{reading.Resource}: {reading.Left} left"));
        _logger.BackPressure(pace, string.Join("; ", scarce));
    }
}
