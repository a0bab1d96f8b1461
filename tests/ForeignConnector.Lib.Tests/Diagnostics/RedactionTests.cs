using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Diagnostics;

public class RedactionTests
{
    [Theory(DisplayName = "TR-3: what a connector says is logged as one line, without the local part of any address")]
    [InlineData("The line is busy.", "The line is busy.")]
    [InlineData("No such line: secret.person@example.com\r\nInjected: yes", "No such line: …@example.com??Injected: yes")]
    [InlineData("<a@b.test>,c@d.test", "<…@b.test>,…@d.test")]
    [InlineData("550 \"secret person\"@example.com unknown", "550 …@example.com unknown")]
    [InlineData("550 \"secret \\\" person\"@example.com unknown", "550 …@example.com unknown")]
    [InlineData("550 <secret person@example.com>", "550 <…@example.com>")]
    [InlineData("550 <secret.person> unknown", "550 <…> unknown")]
    [InlineData("550 <secret.person@>", "550 <…@>")]
    [InlineData("IMCEAFAX-+2B1+20425@contoso.com is busy", "…@contoso.com is busy")]
    [InlineData("no IMCEAFAX-+2B1+20425 here", "no … here")]
    [InlineData("no imceasms-secret", "no …")]
    [InlineData("mailto:secret.person@example.com", "mailto:…@example.com")]
    [InlineData("müller@example.com, ünï@bücher.test", "…@example.com, …@bücher.test")]
    public void Keeps_people_out(string text, string logged) => Assert.Equal(logged, Redaction.Text(text));

    [Theory(DisplayName = "TR-3: the address that a rule of mail names is logged without its local part, also without a domain")]
    [InlineData("secret.person", "'…' is no address (PU-5)")]
    [InlineData("secret.person@example.com", "'…@example.com' is no address (PU-5)")]
    [InlineData("\"secret person\"@example.com", "'…@example.com' is no address (PU-5)")]
    [InlineData("secret@person@", "'…@' is no address (PU-5)")]
    public void Keeps_quoted_addresses_out(string address, string logged) =>
        Assert.Equal(logged.Replace("'…@", "…@", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal), Redaction.Message(new MailFormatException("PU-5", $"'{address}' is no address") { Quoted = address }).Replace("'", "", StringComparison.Ordinal));

    [Fact(DisplayName = "TR-3: long text without an address takes no longer than its length")]
    public void Is_linear()
    {
        var text = new string('"', 200_000) + new string('<', 200_000) + new string('a', 200_000);

        Assert.Equal(text.Length, Redaction.Addresses(text).Length);
    }
}
