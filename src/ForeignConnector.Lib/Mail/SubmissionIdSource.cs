using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Makes <see cref="SubmissionId"/>s: each later than the one before, even when the clock stands still or goes back a little. None is dated
/// more than <see cref="MaxLead"/> ahead of the clock: when the last one was, they follow the clock again (SE-4). Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="random">For messages that have no file to be named after; used under a lock.</param>
public sealed class SubmissionIdSource(TimeProvider time, Random random)
{
    /// <summary>How far an id may be dated ahead of the clock, so that it sorts after the one before.</summary>
    internal static readonly TimeSpan MaxLead = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private long _last;

    /// <summary>An id that is different each time.</summary>
    public SubmissionId Next()
    {
        Span<byte> key = stackalloc byte[16];
        lock (_gate)
            random.NextBytes(key);
        return new SubmissionId(NextTime(), BinaryPrimitives.ReadUInt128BigEndian(key));
    }

    /// <summary>An id whose key is the same whenever <paramref name="identity"/> is.</summary>
    public SubmissionId Next(string identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(identity), hash);
        return new SubmissionId(NextTime(), BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>The id of a submission that is handed over again, under its key.</summary>
    internal SubmissionId Next(UInt128 key) => new(NextTime(), key);

    /// <summary>Makes sure that ids given from now on are later than <paramref name="accepted"/>, which an earlier run gave out.</summary>
    public void StartAfter(DateTimeOffset accepted)
    {
        lock (_gate)
            _last = Math.Max(_last, accepted.UtcTicks);
    }

    private DateTimeOffset NextTime()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            _last = _last >= now + MaxLead.Ticks ? now : Math.Max(_last + 1, now);
            return new DateTimeOffset(_last, TimeSpan.Zero);
        }
    }
}
