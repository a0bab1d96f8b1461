using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>Answers of remote systems as values.</summary>
public class RemoteAnswerTests
{
    [Theory(DisplayName = "ND-2, RFC 3463: a status is of class 2, 4 or 5, its other numbers have at most three digits")]
    [InlineData(3, 0, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(6, 1, 1)]
    [InlineData(5, 1000, 0)]
    [InlineData(5, -1, 0)]
    [InlineData(4, 0, 1000)]
    [InlineData(4, 0, -1)]
    public void Refuses_numbers(int @class, int subject, int detail) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnhancedStatusCode(@class, subject, detail));

    [Theory(DisplayName = "RFC 3463: a status is read from its text, and nothing else is one")]
    [InlineData("5.1.1", true)]
    [InlineData("4.999.0", true)]
    [InlineData("2.0.0", true)]
    [InlineData("5.1", false)]
    [InlineData("5.1.1.1", false)]
    [InlineData("5.01.1", false)]
    [InlineData("3.1.1", false)]
    [InlineData("5.1000.1", false)]
    [InlineData(" 5.1.1", false)]
    [InlineData("5.1.+1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Reads_a_status(string? text, bool isStatus)
    {
        Assert.Equal(isStatus, EnhancedStatusCode.TryParse(text, out var status));
        Assert.Equal(isStatus ? text : "0.0.0", status.ToString());
    }

    [Theory(DisplayName = "RFC 2034: reply code and enhanced code are of one class")]
    [InlineData(250, 4)]
    [InlineData(450, 5)]
    [InlineData(550, 2)]
    public void Refuses_codes_that_disagree(int statusCode, int @class) =>
        Assert.Throws<ArgumentException>(() => new SmtpResponse(statusCode, new(@class, 0, 0), "Text."));

    [Theory(DisplayName = "RFC 5321, 4.2.1: a reply code is 2xx, 4xx or 5xx")]
    [InlineData(100)]
    [InlineData(354)]
    [InlineData(600)]
    [InlineData(0)]
    public void Refuses_other_reply_codes(int statusCode) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmtpResponse(statusCode, new(5, 0, 0), "Text."));

    [Theory(DisplayName = "DA-10: what a remote system says is one line without control characters, of bounded length")]
    [InlineData("5.1.1 first\r\n5.1.1 second", "5.1.1 first 5.1.1 second")]
    [InlineData("bell\aand tab\there", "bell and tab here")]
    [InlineData("\r\n\r\ntext\n\n", "text")]
    [InlineData("Ünicode stays", "Ünicode stays")]
    public void Cleans_texts(string text, string cleaned)
    {
        Assert.Equal(cleaned, DiagnosticCode.Smtp(text).Text);
        Assert.Equal(cleaned, new SmtpResponse(550, new(5, 1, 1), text).StatusText);
        Assert.Equal(900, DiagnosticCode.Smtp(new string('x', 5000)).Text.Length);
    }

    [Theory(DisplayName = "RFC 3464, 2.3.6: the type of a diagnostic code is an atom")]
    [InlineData("")]
    [InlineData("smtp;")]
    [InlineData("x y")]
    [InlineData("x\r\nBcc")]
    public void Refuses_types(string type) => Assert.ThrowsAny<ArgumentException>(() => new DiagnosticCode(type, "text"));
}
