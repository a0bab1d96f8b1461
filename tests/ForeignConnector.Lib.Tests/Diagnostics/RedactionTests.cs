using ForeignConnector.Lib.Diagnostics;

namespace ForeignConnector.Lib.Tests.Diagnostics;

public class RedactionTests
{
    [Theory(DisplayName = "What a connector says is logged as one line, without the local part of any address")]
    [InlineData("The line is busy.", "The line is busy.")]
    [InlineData("No such line: secret.person@example.com\r\nInjected: yes", "No such line: …@example.com??Injected: yes")]
    [InlineData("<a@b.test>,c@d.test", "<…@b.test>,…@d.test")]
    [InlineData("550 \"secret person\"@example.com unknown", "550 …@example.com unknown")]
    public void Keeps_people_out(string text, string logged) => Assert.Equal(logged, Redaction.Text(text));
}
