using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake;

/// <summary>What becomes of a claimed file.</summary>
internal enum IntakeDisposition
{
    /// <summary>Somebody else is responsible for the message now: the file is deleted.</summary>
    Accepted,

    /// <summary>The message was refused, and its sender knows or does not want to (ND-1): the file is deleted.</summary>
    Reported,

    /// <summary>Not now, for a reason that may pass: the file is left for a later poll.</summary>
    RetryLater,

    /// <summary>Never, and nobody can be told: the file is kept aside with the reason (BM-1).</summary>
    BadMail,
}

/// <summary>How the work on a claimed file ended.</summary>
/// <param name="Disposition">What becomes of the file.</param>
/// <param name="Rule">For what was refused, the id of the broken rule.</param>
/// <param name="Reason">For what was refused, what is wrong.</param>
internal sealed record IntakeResult(IntakeDisposition Disposition, string? Rule = null, string? Reason = null)
{
    public static readonly IntakeResult Accepted = new(IntakeDisposition.Accepted);

    public static readonly IntakeResult RetryLater = new(IntakeDisposition.RetryLater);

    public static IntakeResult Bad(MailFormatException e) => new(IntakeDisposition.BadMail, e.Rule, e.Message);

    public static IntakeResult Bad(string rule, string reason) => new(IntakeDisposition.BadMail, rule, reason);
}
