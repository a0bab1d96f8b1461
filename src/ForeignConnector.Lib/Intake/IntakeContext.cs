using System.Diagnostics.CodeAnalysis;
using System.IO.Abstractions;
using System.Threading.RateLimiting;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Intake;

/// <summary>The identity of this host and the parts of the transport that intake hands messages to. One for all directories of a
/// host.</summary>
public sealed class IntakeContext : IDisposable
{
    private readonly Lazy<ConcurrencyLimiter> _slots;
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _owned = [];
    private long? _startedAt;

    /// <summary>A context in which nobody can be reported to, nothing is recorded, and the gate is open.</summary>
    public IntakeContext() => _slots = new(
        () => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = MaxConcurrency, QueueLimit = int.MaxValue }));

    /// <summary>Who we are, for the fields that are added.</summary>
    public required IntakeIdentity Identity { get; init; }

    /// <summary>Names submissions, in the order of claims (DR-5).</summary>
    public required SubmissionIdSource Ids { get; init; }

    /// <summary>Where messages go.</summary>
    public required IMailIntake Intake { get; init; }

    /// <summary>Who tells senders that their message was refused (ND-1).</summary>
    /// <value>Default: nobody; refused files are badmail.</value>
    [AllowNull]
    public ISenderReports Reports { get; init => field = value ?? NoSenderReports.Instance; } = NoSenderReports.Instance;

    /// <summary>Where the record goes (TR-1).</summary>
    /// <value>Default <see cref="MessageTrails.None"/>.</value>
    public IMessageTrail Trail { get; init; } = MessageTrails.None;

    /// <summary>Asked before each claim.</summary>
    /// <value>Default: always open.</value>
    [AllowNull]
    public IIntakeGate Gate { get; init => field = value ?? OpenGate.Instance; } = OpenGate.Instance;

    /// <summary>The most files of all directories that are worked on at the same time.</summary>
    /// <value>
    /// Default 8: enough that files share the flush of their queue entries, few enough that a crash leaves only a handful of suspects
    /// (ND-4).
    /// </value>
    public int MaxConcurrency { get; init; } = 8;

    /// <summary>How often the process may end while it works on a file before the file is set aside (ND-4).</summary>
    /// <value>Default 2, as Exchange; 1 to 10.</value>
    public int PoisonThreshold { get; init; } = 2;

    /// <summary>How long the process must have run before a crash is a file's own (ND-4).</summary>
    /// <value>Default 1 minute, as <c>SuspectDelay</c>.</value>
    public TimeSpan SuspectDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Where this host writes down its claims: a directory that nobody else can write to, on a local volume; created if need be. Claims
    /// that are found there after a crash are taken back (PU-14), so it must be the same after a restart. The queue directory will do.
    /// </summary>
    public required string JournalDirectory { get; init; }

    /// <summary>The file system.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Names of files, rules and counts; no addresses, no content.</summary>
    /// <value>Default: no log.</value>
    public ILogger<WatchedDirectory> Logger { get; init; } = NullLogger<WatchedDirectory>.Instance;

    /// <summary>One permit for each file that is worked on; whoever takes all of them works alone.</summary>
    internal ConcurrencyLimiter Slots => _slots.Value;

    /// <summary>The place of the one large header that may be in memory.</summary>
    internal SemaphoreSlim LargeHeader { get; } = new(1);

    /// <summary>True once the process has run for <see cref="SuspectDelay"/> since it watches a directory.</summary>
    internal bool IsQuiet
    {
        get
        {
            lock (_gate)
                return _startedAt is { } then && Time.GetElapsedTime(then) >= SuspectDelay;
        }
    }

    /// <summary>Disposes something of a watched directory together with this object.</summary>
    internal T Own<T>(T owned)
        where T : IDisposable
    {
        lock (_gate)
        {
            _startedAt ??= Time.GetTimestamp();
            _owned.Add(owned);
        }
        return owned;
    }

    /// <summary>Closes the journals; no directory may be worked on any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _owned.ForEach(owned => owned.Dispose());
            _owned.Clear();
        }
        LargeHeader.Dispose();
        if (_slots.IsValueCreated)
            _slots.Value.Dispose();
    }

    private sealed class OpenGate : IIntakeGate
    {
        public static readonly OpenGate Instance = new();

        public IntakePace Pace => IntakePace.Open;
    }
}
