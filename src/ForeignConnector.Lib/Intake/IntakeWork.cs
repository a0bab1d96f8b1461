using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake;

/// <summary>A claimed file to be worked on.</summary>
/// <param name="Claim">The file.</param>
/// <param name="Id">The submission; its time is that of the claim (DR-5).</param>
/// <param name="ClaimedAt">When the work began, as a timestamp of the clock.</param>
/// <param name="IsSuspect">The process may have ended before while it worked on this file (ND-4).</param>
internal sealed record IntakeWork(FileClaim Claim, SubmissionId Id, long ClaimedAt, bool IsSuspect);
