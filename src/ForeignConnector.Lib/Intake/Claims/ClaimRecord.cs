using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>What a <see cref="ClaimJournal"/> says about one claim.</summary>
internal enum ClaimState
{
    /// <summary>The file is worked on, others are too. A process that dies then makes it a suspect (ND-4).</summary>
    Working,

    /// <summary>The file is worked on while nothing else is, early in the life of the process.</summary>
    Early,

    /// <summary>The file is worked on while nothing else is, after a quiet while: a crash is its own (ND-4).</summary>
    Alone,

    /// <summary>Nobody works on the file; it keeps its <c>.tmp</c> name and is worked on again.</summary>
    Waiting,

    /// <summary>The transport has the message: only the file is left to delete (PU-14).</summary>
    Accepted,
}

/// <summary>Why a claim waits for its turn (ND-4).</summary>
internal enum Suspicion
{
    /// <summary>No process died with it in hand.</summary>
    None,

    /// <summary>A process died with it and others in hand.</summary>
    InHand,

    /// <summary>A process died with it alone in hand: before it is worked on again, the process runs quietly for a while.</summary>
    DiedAlone,
}

/// <summary>One claim: the file, and what must be known of it if the process dies. Changed by the owner of the claim alone.</summary>
/// <param name="fileName">What the file was called, without directory.</param>
/// <param name="claimName">The name of the file while it is claimed.</param>
/// <param name="facts">What the file system said of it when it was claimed.</param>
/// <param name="key">The key of the submission: random, and the same however often this claim is handed over (SE-2, PU-4).</param>
internal sealed class ClaimRecord(string fileName, string claimName, FileFacts facts, UInt128 key)
{
    public string FileName { get; set; } = fileName;

    public string ClaimName { get; set; } = claimName;

    public FileFacts Facts { get; set; } = facts;

    public UInt128 Key { get; } = key;

    public ClaimState State { get; set; } = ClaimState.Working;

    public Suspicion Suspicion { get; set; }

    /// <summary>How often the process died while it worked on this file alone, after a quiet while.</summary>
    public int Crashes { get; set; }

    /// <summary>Its line in the journal; -1 before it is written.</summary>
    public int Line { get; set; } = -1;

    /// <summary>How many polls in a row did not find the file.</summary>
    public int Misses { get; set; }

    /// <summary>When it is worked on again, as a timestamp of the clock; 0 is at once.</summary>
    public long NotBefore { get; set; }

    /// <summary>Changes the record as the death of the process that wrote it demands.</summary>
    public void OwnerDied()
    {
        (State, Suspicion, Crashes) = State switch
        {
            ClaimState.Working => (ClaimState.Waiting, Suspicion == Suspicion.None ? Suspicion.InHand : Suspicion, Crashes),
            ClaimState.Early => (ClaimState.Waiting, Suspicion.DiedAlone, Crashes),
            ClaimState.Alone => (ClaimState.Waiting, Suspicion.DiedAlone, Crashes + 1),
            var state => (state, Suspicion, Crashes),
        };
        Line = -1;
    }
}
