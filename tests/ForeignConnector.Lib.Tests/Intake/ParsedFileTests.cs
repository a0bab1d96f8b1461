using System.Text;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>The parsers as a program uses them that looks at a file before it puts it into a directory.</summary>
public class ParsedFileTests
{
    [Fact(DisplayName = "PU-6, PU-7: the Pickup parser says who a file is from and goes to, and where its parts begin")]
    public void Reads_a_pickup_file()
    {
        const string Header = "From: bob@fabrikam.com\nTo: mary@contoso.com\nMessage-ID: <1@x>\nDate: Sat, 31 Jan 2026 12:00:00 +0000\n";
        var file = new PickupParser().Parse(Encoding.ASCII.GetBytes("From x\n" + Header + "\nbody"));

        Assert.True(file.IsValid);
        Assert.Equal("bob@fabrikam.com", file.Sender);
        Assert.Equal("mary@contoso.com", Assert.Single(file.Envelope!.Recipients).Address);
        Assert.Equal((7, 7, 7 + Header.Length + 1), (file.HeaderOffset, file.MessageOffset, file.BodyOffset));
        Assert.Equal(("PU-12", 0L), (Assert.Single(file.Warnings).Rule, file.Warnings[0].Position));
        Assert.Empty(file.EnvelopeFields);
    }

    [Fact(DisplayName = "PU-11: the lines of the envelope are told apart from the message")]
    public void Reads_an_envelope_in_front()
    {
        const string Block = "X-Sender: <bob@fabrikam.com>\r\nX-Receiver: <mary@contoso.com>\r\n";
        var file = new PickupParser().Parse(Encoding.ASCII.GetBytes(Block + "Subject: x\r\n\r\n"));

        Assert.Equal(Block.Length, file.MessageOffset);
        Assert.Equal([0..30, 30..Block.Length], file.EnvelopeFields);
        Assert.Equal(["PU-9", "PU-9"], file.Warnings.Select(warning => warning.Rule));
    }

    [Fact(DisplayName = "PU-5: all that is wrong with a Pickup file is told at once, each with its rule and place")]
    public void Collects_errors()
    {
        var file = new PickupParser().Parse("To: nobody at all\r\nthis is no field\r\n\r\n"u8);

        Assert.False(file.IsValid);
        Assert.Null(file.Envelope);
        Assert.Null(file.Sender);
        Assert.Equal(["PU-5", "PU-5", "PU-5"], file.Errors.Select(error => error.Rule));
        Assert.Contains(file.Errors, error => error.Position == 19);
        Assert.Contains("(PU-5)", file.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "PU-5, ND-1: a recipient that cannot be read beside others is a warning; a refused file still names its sender")]
    public void Warns_of_recipients()
    {
        var file = new PickupParser().Parse("From: bob@fabrikam.com\r\nTo: mary@contoso.com, x y z\r\n\r\n"u8);
        var many = new PickupParser(new PickupOptions { MaxRecipientsPerMessage = 1 }).Parse("From: bob@fabrikam.com\r\nTo: a@b.c, d@e.f\r\n\r\n"u8);

        Assert.True(file.IsValid);
        Assert.Contains(file.Warnings, warning => warning.Rule == "PU-5" && warning.Position > 23);
        Assert.Equal("PU-3", Assert.Single(many.Errors).Rule);
        Assert.Equal("bob@fabrikam.com", many.Sender);
    }

    [Fact(DisplayName = "PU-3, PU-12: a header that is too large, and UTF-16, are errors of the file")]
    public void Refuses_sizes_and_encodings()
    {
        var large = new PickupParser().Parse(Encoding.ASCII.GetBytes("From: a@b.c\r\nTo: a@b.c\r\nX: " + new string('x', 70_000) + "\r\n\r\n"));

        Assert.Equal("PU-3", Assert.Single(large.Errors).Rule);
        Assert.Contains(new ReplayParser().Parse(Encoding.Unicode.GetBytes("X-Sender: <>")).Errors, error => error.Rule == "PU-12");
    }

    [Fact(DisplayName = "RP-2, RP-6: the Replay parser gives the envelope and warns of what it leaves out or leaves alone")]
    public void Reads_a_replay_file()
    {
        const string Block = "X-Sender: <>\r\nX-Receiver: <mary@contoso.com> ORCPT=\r\nX-EndOfInjectedXHeaders: 1\r\n";
        var file = new ReplayParser().Parse(Encoding.ASCII.GetBytes(Block + "no field\r\nSubject: x"));

        Assert.True(file.IsValid);
        Assert.Equal("", file.Sender);
        Assert.Equal(Block.Length, file.MessageOffset);
        Assert.Equal(["EN-11", "PU-9", "PU-9", "RP-6", "RP-6"], file.Warnings.Select(warning => warning.Rule).Order(StringComparer.Ordinal));
        Assert.Contains(file.Warnings, warning => warning.Rule == "EN-11" && warning.Position == 14);
    }

    [Theory(DisplayName = "RP-2, EN-6, EN-11: a Replay file that breaks a rule is refused with its place")]
    [InlineData("Subject: x\r\n\r\n", "RP-2", 0)]
    [InlineData("X-Sender: <a@b.c>\r\nX-Receiver: <a@b.c>\r\nX-CreatedBy:\r\n\r\n", "EN-6", 52)]
    public void Refuses_a_replay_file(string text, string rule, long position)
    {
        var error = Assert.Single(new ReplayParser().Parse(Encoding.ASCII.GetBytes(text)).Errors);

        Assert.Equal((rule, position), (error.Rule, error.Position));
    }

    [Fact(DisplayName = "EN-11: a postmaster without a domain is at the default domain")]
    public void Knows_the_postmaster()
    {
        var octets = "X-Sender: <>\r\nX-Receiver: <postmaster>\r\n\r\n"u8.ToArray();

        Assert.False(new ReplayParser().Parse(octets).IsValid);
        Assert.Equal("postmaster@contoso.com", new ReplayParser { DefaultDomain = "contoso.com" }.Parse(octets).Envelope!.Recipients[0].Address);
    }
}
