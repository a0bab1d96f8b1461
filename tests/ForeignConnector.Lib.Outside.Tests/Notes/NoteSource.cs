using System.Text;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace Outside.Notes;

/// <summary>A note that somebody left in a system that knows nothing of mail.</summary>
internal sealed record Note(string Name, string From, string To, string Text);

/// <summary>
/// An intake of one's own: makes messages of notes and hands them over. A note is taken away only when the transport has it; one that is
/// handed over twice is the same submission.
/// </summary>
internal sealed class NoteSource(IMailIntake intake, SubmissionIdSource ids)
{
    public List<Note> Waiting { get; } = [];

    public async Task<IReadOnlyList<RecipientOutcome>> TakeInAsync(CancellationToken cancellationToken)
    {
        var refused = new List<RecipientOutcome>();
        foreach (var note in Waiting.ToArray())
        {
            var text = $"From: {note.From}\nTo: {note.To}\nBcc: archive@contoso.com\nSubject: {note.Name}\n\n{note.Text}\n";
            using var content = MessageContent.FromOctets(Encoding.UTF8.GetBytes(text));
            var envelope = new MailEnvelope(note.From, [new EnvelopeRecipient(note.To)]) { CreatedBy = "Notes" };
            var result = await intake.AcceptAsync(new MailItem(ids.Next(note.Name), envelope, content), cancellationToken);
            refused.AddRange(result.Rejected);
            Waiting.Remove(note);
        }
        return refused;
    }
}
