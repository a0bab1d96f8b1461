using System.Net.Mail;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

public class SystemNetMailTests
{
    // It quotes a name without escaping anything in it; what is not ASCII becomes encoded words, or stays in the international format.
    private static readonly string[] Names =
    [
        "John Smith", "Smith, John", "John \"Jack\" Smith", "John \\ Smith (Sales); Berlin", "Müller, Jörg",
        "Jörg \"J\" Müller, Geschäftsführer der Süddeutschen Größenänderungsgesellschaft für Übersee",
    ];

    [Fact(DisplayName = "PU-11: what System.Net.Mail writes into a pickup directory reaches its Bcc recipients, and no Bcc is left in the delivered file")]
    public async Task Delivers_to_bcc_recipients_and_hides_them()
    {
        using var root = new MailRoot();
        Send(root);
        await root.OnceAsync();
        var drop = Assert.Single(root.Drops());
        Assert.Equal(["<mary@contoso.com>", "<joe@contoso.com>", "<hidden@contoso.com>"], drop.Receivers);
        Assert.Equal(["<bob@fabrikam.com>"], drop.BlockValues("X-Sender"));
        Assert.DoesNotContain("hidden", drop.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Receiver", drop.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Sender", drop.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Invoice 4711", drop.Fields("Subject").Single());
    }

    [Fact(DisplayName = "PU-11: mode Reject makes the same file badmail, and mode Ignore keeps the lines as ordinary fields")]
    public async Task Obeys_the_mode()
    {
        using var rejecting = new MailRoot();
        rejecting.Transport["PickupEnvelopeHeaders"] = "Reject";
        Send(rejecting);
        await rejecting.OnceAsync();
        var reason = Assert.Single(rejecting.NamesIn("pickup"), name => name.EndsWith(".bad.txt", StringComparison.Ordinal));
        Assert.Contains("Rule: PU-11", await File.ReadAllTextAsync(rejecting.PathOf("pickup", reason)), StringComparison.Ordinal);

        using var ignoring = new MailRoot();
        ignoring.Transport["PickupEnvelopeHeaders"] = "Ignore";
        Send(ignoring);
        await ignoring.OnceAsync();
        var drop = Assert.Single(ignoring.Drops());
        Assert.Equal(["<mary@contoso.com>", "<joe@contoso.com>"], drop.Receivers);
        Assert.Equal(3, drop.Fields("X-Receiver").Count());
    }

    [Fact(DisplayName = "PU-11: display names as System.Net.Mail writes them, on From, To, Bcc and Sender, are no part of the envelope")]
    public async Task Passes_over_display_names()
    {
        using var root = new MailRoot();
        foreach (var format in Enum.GetValues<SmtpDeliveryFormat>())
        {
            foreach (var name in Names)
            {
                using var message = new MailMessage(new MailAddress("bob@fabrikam.com", name), new MailAddress("mary@contoso.com", name));
                message.Bcc.Add(new MailAddress("hidden@contoso.com", name));
                Send(root, message, format);
                message.Sender = new MailAddress("secretary@fabrikam.com", name);
                Send(root, message, format);
            }
        }
        await root.OnceAsync();

        Assert.Empty(root.NamesIn("pickup"));
        var drops = root.Drops();
        Assert.All(drops, drop => Assert.Equal(["<mary@contoso.com>", "<hidden@contoso.com>"], drop.Receivers));
        Assert.All(drops, drop => Assert.DoesNotContain("hidden", drop.Message, StringComparison.Ordinal));
        var senders = drops.SelectMany(drop => drop.BlockValues("X-Sender")).CountBy(sender => sender).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        Assert.Equal([new("<bob@fabrikam.com>", 2 * Names.Length), new("<secretary@fabrikam.com>", 2 * Names.Length)], senders);
    }

    private static void Send(MailRoot root)
    {
        using var message = new MailMessage("bob@fabrikam.com", "mary@contoso.com", "Invoice 4711", "body");
        message.CC.Add("joe@contoso.com");
        message.Bcc.Add("hidden@contoso.com");
        Send(root, message, SmtpDeliveryFormat.SevenBit);
    }

    private static void Send(MailRoot root, MailMessage message, SmtpDeliveryFormat format)
    {
        using var client = new SmtpClient
        {
            DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory,
            DeliveryFormat = format,
            PickupDirectoryLocation = root.PathOf("pickup"),
        };
        client.Send(message);
    }
}
