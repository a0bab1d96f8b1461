using System.Runtime.InteropServices;
using SharpFuzz;
using SharpFuzz.Common;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>Which branches of the library an input takes. Where the library cannot be instrumented, no input is ever new, and the corpus does not grow.</summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    // The instrumented library writes here as long as the process lives.
    private static readonly byte* Hits = Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Size);

    private readonly byte[] _seen = new byte[Size];

    /// <summary>How many branches were ever taken, those that were taken in other numbers counted again.</summary>
    public int Count { get; private set; }

    /// <summary>Instruments the copy of an assembly that stands beside this program; it must not be loaded yet.</summary>
    public static bool TryInstrument(string assembly)
    {
        // An instrumented library needs the place to write to from its first branch on.
        Begin();
        try
        {
            _ = Fuzzer.Instrument(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), _ => true, Options.Value).Count();
            return true;
        }
        catch (InstrumentationException e)
        {
            return e.Message.Contains("already instrumented", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Forgets what ran outside of an execution.</summary>
    public static void Begin()
    {
        new Span<byte>(Hits, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>True when the execution took a branch that none before took, or one far more often.</summary>
    public bool EndIsNew()
    {
        var hits = new ReadOnlySpan<byte>(Hits, Size);
        var before = Count;
        for (var i = 0; hits[i..].IndexOfAnyExcept((byte)0) is >= 0 and var next; i++)
        {
            i += next;
            var bucket = Bucket(hits[i]);
            if ((_seen[i] & bucket) != 0)
                continue;
            _seen[i] |= bucket;
            Count++;
        }
        return Count > before;
    }

    // Once, twice, three times, up to 7, 15, 31, 127, more: a bit for each, as AFL has it.
    private static byte Bucket(byte hits) => hits switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
