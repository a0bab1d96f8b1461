using System.Diagnostics;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>
/// Finds inputs that cost more than <see cref="Limit"/> of the processor's time, whatever else the machine does. What looks slow is run again, and the fastest run
/// counts. What never ends is found by a second thread.
/// </summary>
internal sealed class CpuGuard : IDisposable
{
    /// <summary>The most that an input of <see cref="Mutator.MaxLength"/> may cost.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private const int Repetitions = 3;

    private static readonly TimeSpan EndlessAfter = TimeSpan.FromSeconds(30);

    private readonly Timer _watch;
    private readonly Action _endless;
    private readonly Lock _gate = new();
    private TimeSpan _began;
    private bool _running;

    /// <summary>Watches the executions to come.</summary>
    /// <param name="endless">Called on another thread for one that has used the processor for half a minute; does not return.</param>
    public CpuGuard(Action endless)
    {
        _endless = endless;
        _watch = new Timer(_ => Look(), null, EndlessAfter, TimeSpan.FromSeconds(5));
    }

    // Of the whole process, which does nothing else: compiling and collecting garbage are in it, and the repetitions take them out.
    private static TimeSpan Used => Environment.CpuUsage.TotalTime;

    /// <summary>Runs one input.</summary>
    /// <exception cref="FuzzException">It costs too much, again and again.</exception>
    public void Run(FuzzAction action, ReadOnlySpan<byte> input)
    {
        var clock = Stopwatch.GetTimestamp();
        Begin();
        action(input);
        End();
        // Nothing uses more of the processor than time passes; to ask for that is cheaper.
        if (Stopwatch.GetElapsedTime(clock) > Limit)
            Repeat(action, input);
    }

    /// <summary>The execution ended, with an exception perhaps.</summary>
    public void End()
    {
        lock (_gate)
            _running = false;
    }

    public void Dispose() => _watch.Dispose();

    private void Begin()
    {
        lock (_gate)
        {
            _began = TimeSpan.MinValue;
            _running = true;
        }
    }

    private void Repeat(FuzzAction action, ReadOnlySpan<byte> input)
    {
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Repetitions && least > Limit; i++)
        {
            var before = Used;
            Begin();
            action(input);
            End();
            least = TimeSpan.FromTicks(Math.Min(least.Ticks, (Used - before).Ticks));
        }
        if (least > Limit)
            throw new FuzzException($"{input.Length} octets take {least.TotalSeconds:0.0} s of the processor's time");
    }

    // The first look notes the time used so far: to ask at every execution would cost more than most executions do.
    private void Look()
    {
        lock (_gate)
        {
            if (!_running)
                return;
            if (_began == TimeSpan.MinValue)
                _began = Used;
            else if (Used - _began > EndlessAfter)
                _endless();
        }
    }
}
