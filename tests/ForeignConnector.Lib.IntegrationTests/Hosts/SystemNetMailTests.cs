using System.Net.Mail;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

public class SystemNetMailTests
{
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

    [Theory(DisplayName = "PU-11: display names as System.Net.Mail writes them, on From, To, Bcc and Sender, are no part of the envelope")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "John Smith")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "Smith, John")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "John \"Jack\" Smith")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "John \\ Smith (Sales); Berlin")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "Müller, Jörg")]
    [InlineData(SmtpDeliveryFormat.SevenBit, "Jörg \"J\" Müller, Geschäftsführer der Süddeutschen Größenänderungsgesellschaft für Übersee")]
    [InlineData(SmtpDeliveryFormat.International, "Müller, Jörg")]
    [InlineData(SmtpDeliveryFormat.International, "Jörg \"J\" Müller, Geschäftsführer der Süddeutschen Größenänderungsgesellschaft für Übersee")]
    public async Task Passes_over_display_names(SmtpDeliveryFormat format, string name)
    {
        using var root = new MailRoot();
        using var fromOne = new MailMessage(new MailAddress("bob@fabrikam.com", name), new MailAddress("mary@contoso.com", name)) { Subject = "1", Body = "body" };
        fromOne.Bcc.Add(new MailAddress("hidden@contoso.com", name));
        Send(root, fromOne, format);
        using var forAnother = new MailMessage(new MailAddress("bob@fabrikam.com", name), new MailAddress("mary@contoso.com", name))
        {
            Subject = "2",
            Body = "body",
            Sender = new MailAddress("secretary@fabrikam.com", name),
        };
        Send(root, forAnother, format);
        await root.OnceAsync();

        Assert.Empty(root.NamesIn("pickup"));
        var drops = root.Drops().OrderBy(drop => drop.Fields("Subject").Single(), StringComparer.Ordinal).ToList();
        Assert.Equal(["<bob@fabrikam.com>", "<secretary@fabrikam.com>"], drops.SelectMany(drop => drop.BlockValues("X-Sender")));
        Assert.Equal(["<mary@contoso.com>", "<hidden@contoso.com>", "<mary@contoso.com>"], drops.SelectMany(drop => drop.Receivers));
        Assert.DoesNotContain("hidden", drops[0].Message, StringComparison.Ordinal);
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
