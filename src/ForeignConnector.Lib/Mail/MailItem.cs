namespace ForeignConnector.Lib.Mail;

/// <summary>A message on its way: its name, its envelope and its octets. The receiver of one does not own the content and must not keep it
/// past the call.</summary>
/// <param name="Id">The submission's name. The same submission handed over again has the same key.</param>
/// <param name="Envelope">Who it is from and goes to.</param>
/// <param name="Content">The message.</param>
public sealed record MailItem(SubmissionId Id, MailEnvelope Envelope, MessageContent Content);
