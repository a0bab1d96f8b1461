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

    private static void Send(MailRoot root)
    {
        using var client = new SmtpClient
        {
            DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory,
            PickupDirectoryLocation = root.PathOf("pickup"),
        };
        using var message = new MailMessage("bob@fabrikam.com", "mary@contoso.com", "Invoice 4711", "body");
        message.CC.Add("joe@contoso.com");
        message.Bcc.Add("hidden@contoso.com");
        client.Send(message);
    }
}
