using ForeignConnector.Lib.Intake.Parsing;

namespace ForeignConnector.Lib.Intake;

/// <summary>What becomes of a claimed file.</summary>
internal enum IntakeDisposition
{
    /// <summary>Somebody else is responsible for the message now: the file is deleted.</summary>
    Accepted,

    /// <summary>The message was refused, and its sender is told (ND-1): the file is deleted.</summary>
    Reported,

    /// <summary>The message was refused, and its sender does not want to be told (RFC 3461): the file is deleted.</summary>
    NotReported,

    /// <summary>Not now, for a reason that may pass: the file is left for a later poll.</summary>
    RetryLater,

    /// <summary>Never, and nobody can be told: the file is kept aside with the reason (BM-1).</summary>
    BadMail,
}

/// <summary>How the work on a claimed file ended.</summary>
/// <param name="Disposition">What becomes of the file.</param>
/// <param name="Refusal">For what was refused, why.</param>
internal sealed record IntakeResult(IntakeDisposition Disposition, Refusal? Refusal = null)
{
    public static readonly IntakeResult Accepted = new(IntakeDisposition.Accepted);

    public static readonly IntakeResult RetryLater = new(IntakeDisposition.RetryLater);
}
