using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.BackPressure;

/// <summary>What is left on the volume of one directory, as it was last heard. It never waits for the volume (BP-1). Thread-safe.</summary>
internal sealed class VolumeWatch(string name, string path, IPlatformFiles platform, PatientQuestions questions, TimeProvider time)
{
    private readonly Lock _gate = new();
    private VolumeSpace? _last;
    private Task? _question;
    private long _askedAt;
    private bool _isTold;

    /// <summary>The name to show.</summary>
    public string Name => name;

    /// <summary>The last answer; null while there is none, or when the volume cannot be measured.</summary>
    public VolumeSpace? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>Asks, unless a question is under way.</summary>
    /// <param name="answered">Called after each answer, on another thread; true when somebody had been told of the silence before.</param>
    /// <returns>Ends with the answer.</returns>
    public Task Ask(Action<bool> answered)
    {
        lock (_gate)
        {
            if (_question is { IsCompleted: false })
                return _question;
            _askedAt = time.GetTimestamp();
            return _question = questions.Begin($"space {path}", () => Keep(Measure(), answered));
        }
    }

    /// <summary>True when a question has had no answer for so long.</summary>
    public bool IsSilent(TimeSpan patience)
    {
        lock (_gate)
            return _question is { IsCompleted: false } && time.GetElapsedTime(_askedAt) >= patience;
    }

    /// <summary>True the first time in a silence: somebody has to be told.</summary>
    public bool BeginTelling()
    {
        lock (_gate)
            return !_isTold && (_isTold = true);
    }

    private bool Keep(VolumeSpace? space, Action<bool> answered)
    {
        bool wasTold;
        lock (_gate)
        {
            _last = space;
            (wasTold, _isTold) = (_isTold, false);
        }
        answered(wasTold);
        return true;
    }

    private VolumeSpace? Measure()
    {
        try
        {
            return platform.SpaceAt(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What is left of one resource, and what that means for intake.</summary>
/// <param name="Resource">What it is, for example <c>free space of queue</c>.</param>
/// <param name="Left">How much is left: octets, files or messages.</param>
/// <param name="Pace">The pace it allows.</param>
public sealed record ResourceReading(string Resource, long Left, IntakePace Pace);
