using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Intake;

/// <summary>A claimed file to be worked on.</summary>
/// <param name="Claim">The file.</param>
/// <param name="Record">The record of the claim in the journal.</param>
/// <param name="Id">The submission; its time is that of the claim (DR-5).</param>
/// <param name="ClaimedAt">When the work began, as a timestamp of the clock.</param>
internal sealed record IntakeWork(FileClaim Claim, ClaimRecord Record, SubmissionId Id, long ClaimedAt)
{
    /// <summary>
    /// True once recipients have the message although the file is not done: it stays claimed, under its key, so that they do not get it
    /// again.
    /// </summary>
    public bool MustStayClaimed { get; set; }
}

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
/// <param name="Refusal">Why the message was refused; null when it was not.</param>
internal sealed record IntakeResult(IntakeDisposition Disposition, Refusal? Refusal = null)
{
    public static readonly IntakeResult Accepted = new(IntakeDisposition.Accepted);

    public static readonly IntakeResult RetryLater = new(IntakeDisposition.RetryLater);
}
