using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Claims;

namespace ForeignConnector.Lib.Intake;

/// <summary>A claimed file to be worked on.</summary>
/// <param name="Claim">The file.</param>
/// <param name="Record">What is written down about the claim.</param>
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
