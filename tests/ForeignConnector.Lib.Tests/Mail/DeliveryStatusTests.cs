using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Mail;

/// <summary>The table of status codes agrees with itself and with the RFCs.</summary>
public class DeliveryStatusTests
{
    public static IEnumerable<TheoryDataRow<DeliveryStatus>> Rows => DeliveryStatus.All.Select(row => new TheoryDataRow<DeliveryStatus>(row) { TestDisplayName = row.Text });

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_reply_code_is_of_the_class_of_the_enhanced_code(DeliveryStatus row)
    {
        Assert.Equal(row.Code.Class, row.ReplyCode / 100);
        Assert.InRange(row.Code.Class, 2, 5);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_text_is_one_sentence_of_plain_ASCII(DeliveryStatus row)
    {
        Assert.Matches("^[A-Z][ -~]+[.]$", row.Text);
        Assert.Matches("^[245][0-9]{2} [245][.][0-9][.][0-9] [ -~]+$", row.Diagnostic);
    }

    [Fact]
    public void No_two_causes_read_the_same()
    {
        Assert.Equal(DeliveryStatus.All.Length, DeliveryStatus.All.Select(row => row.Text).Distinct().Count());
        var properties = typeof(DeliveryStatus).GetProperties().Where(property => property.PropertyType == typeof(DeliveryStatus));
        Assert.Equal(properties.Count(), DeliveryStatus.All.Length);
    }

    [Fact(DisplayName = "ND-9: each cause has its code")]
    public void Uses_the_codes_of_the_specification() => Assert.Equal(
        "5.1.2 5.1.3 5.3.4 5.3.4 5.4.6 5.5.3 5.6.0 5.4.7 4.3.1 4.3.2 4.4.4 4.4.2",
        string.Join(' ', new[]
        {
            DeliveryStatus.NoConnector, DeliveryStatus.BadAddress, DeliveryStatus.TooBigForRoute, DeliveryStatus.TooBigForDestination, DeliveryStatus.Loop,
            DeliveryStatus.TooManyRecipients, DeliveryStatus.InvalidContent, DeliveryStatus.Expired, DeliveryStatus.DestinationFull, DeliveryStatus.DestinationUnavailable,
            DeliveryStatus.OtherServer, DeliveryStatus.TookTooLong,
        }.Select(status => status.Code)));

    [Fact(DisplayName = "An expired message has the status 5.4.7 and the reply line that Exchange is known by")]
    public void Expired_reads_as_in_Exchange()
    {
        Assert.Equal("5.4.7", DeliveryStatus.Expired.Code.ToString());
        Assert.Equal("550 4.4.7 QUEUE.Expired; message expired", DeliveryStatus.DiagnosticFor(DeliveryStatus.Expired.Code, DeliveryStatus.Expired.Text));
    }

    [Theory]
    [InlineData(5, 3, 4, "Own words.", "552 5.3.4 Own words.")]
    [InlineData(5, 7, 1, "Not for you.", "550 5.7.1 Not for you.")]
    [InlineData(4, 2, 1, "Busy.", "451 4.2.1 Busy.")]
    [InlineData(2, 1, 5, "Fine.", "250 2.1.5 Fine.")]
    [InlineData(4, 2, 1, "", "451 4.2.1")]
    [InlineData(5, 4, 7, "The message could not be delivered in the time allowed. The last reason (4.2.1): Busy.", "550 4.4.7 QUEUE.Expired; message expired; The last reason (4.2.1): Busy.")]
    public void A_connectors_own_outcome_gets_the_reply_of_its_code_or_of_its_class(int status, int subject, int detail, string text, string line) =>
        Assert.Equal(line, DeliveryStatus.DiagnosticFor(new EnhancedStatusCode(status, subject, detail), text));
}
