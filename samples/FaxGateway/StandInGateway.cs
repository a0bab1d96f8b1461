using System.Text;

namespace FaxGateway;

/// <summary>Stands in for the software of a fax machine: takes files out of the Drop directory, and says through Replay what became of them.</summary>
internal sealed class StandInGateway(string drop, string replay)
{
    /// <summary>Sends every fax that waits; returns how many.</summary>
    public int Run()
    {
        var sent = 0;
        foreach (var path in Directory.EnumerateFiles(drop, "*.eml").Order(StringComparer.Ordinal))
        {
            var fax = DroppedFile.Read("fax", path);
            foreach (var receiver in fax.Receivers)
                Confirm(fax, receiver, ++sent);
            // The answer is in Replay before the order disappears: a crash in between doubles an answer and loses nothing.
            File.Delete(path);
        }
        return sent;
    }

    private void Confirm(DroppedFile fax, string receiver, int number) => MailRoot.Put(replay, $"sent-{number}.eml", Encoding.UTF8.GetBytes(string.Join("\r\n",
        "X-Sender: <>",
        $"X-Receiver: <{fax.Sender}>",
        "X-CreatedBy: StandInGateway",
        "X-EndOfInjectedXHeaders: 0",
        $"From: Fax gateway <fax@contoso.com>",
        $"To: {fax.Sender}",
        $"Subject: Fax {number} sent",
        $"In-Reply-To: <{fax.Message.MessageId}>",
        "Auto-Submitted: auto-replied",
        "",
        $"Your message was faxed to {receiver}, 1 page.",
        "")));
}
