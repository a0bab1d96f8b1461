namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>What one poll of a directory did.</summary>
/// <param name="Accepted">Files whose messages were taken in.</param>
/// <param name="BadMail">Files set aside with a reason.</param>
/// <param name="Left">Files that could not be opened or handed over and stay for the next poll.</param>
/// <param name="Unsettled">Files that were written to just now and stay until they have been quiet for the settle time.</param>
/// <param name="RateLimited">True when files stay because the messages of this minute are used up.</param>
/// <param name="Refused">Files whose senders got a report, or want none, and that are gone (ND-1).</param>
/// <param name="Poison">Files set aside because the process died while it worked on them (ND-4).</param>
/// <param name="HeldBack">True when files stay because the <see cref="IIntakeGate"/> is slow or closed.</param>
public readonly record struct PassResult(
    int Accepted, int BadMail, int Left, int Unsettled, bool RateLimited, int Refused, int Poison, bool HeldBack)
{
    /// <summary>The sum of two polls.</summary>
    public static PassResult operator +(PassResult a, PassResult b) => Add(a, b);

    /// <summary>The sum of two polls.</summary>
    public static PassResult Add(PassResult a, PassResult b) => new(
        a.Accepted + b.Accepted, a.BadMail + b.BadMail, a.Left + b.Left, a.Unsettled + b.Unsettled, a.RateLimited | b.RateLimited,
        a.Refused + b.Refused, a.Poison + b.Poison, a.HeldBack | b.HeldBack);
}
