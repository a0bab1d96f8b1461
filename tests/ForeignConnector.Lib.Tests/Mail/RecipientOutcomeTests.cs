using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Mail;

public class RecipientOutcomeTests
{
    private static readonly EnvelopeRecipient Mary = new("mary@contoso.com");

    public static TheoryData<RecipientOutcome, RecipientAction, EnhancedStatusCode, bool> Outcomes => new()
    {
        { RecipientOutcome.Delivered(Mary), RecipientAction.Delivered, EnhancedStatusCode.Success, true },
        { RecipientOutcome.Relayed(Mary), RecipientAction.Relayed, EnhancedStatusCode.Success, true },
        { RecipientOutcome.Deferred(Mary, EnhancedStatusCode.SystemFull, "Full."), RecipientAction.Deferred, EnhancedStatusCode.SystemFull, false },
        { RecipientOutcome.Failed(Mary, EnhancedStatusCode.MessageTooBig, "Too big."), RecipientAction.Failed, EnhancedStatusCode.MessageTooBig, true },
    };

    [Theory(DisplayName = "ND-2: an outcome has an action, a status and a sentence; only a deferred one is not final")]
    [MemberData(nameof(Outcomes))]
    public void Says_what_became_of_a_recipient(RecipientOutcome outcome, RecipientAction action, EnhancedStatusCode status, bool final)
    {
        Assert.Equal((Mary, action, status, final), (outcome.Recipient, outcome.Action, outcome.Status, outcome.IsFinal));
        Assert.EndsWith(".", outcome.Text, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "ND-2: no outcome says one thing with its action and another with its status")]
    [InlineData(RecipientAction.Failed, 4)]
    [InlineData(RecipientAction.Failed, 2)]
    [InlineData(RecipientAction.Failed, 0)]
    [InlineData(RecipientAction.Deferred, 5)]
    [InlineData(RecipientAction.Deferred, 2)]
    [InlineData(RecipientAction.Deferred, 0)]
    public void Refuses_a_status_of_another_class(RecipientAction action, int statusClass)
    {
        var status = statusClass == 0 ? default : new EnhancedStatusCode(statusClass, 3, 1);

        Assert.Throws<ArgumentException>(
            "status", () => action == RecipientAction.Failed ? RecipientOutcome.Failed(Mary, status, "Text.") : RecipientOutcome.Deferred(Mary, status, "Text."));
    }

    [Fact(DisplayName = "ND-2: a cause of the table makes outcomes of its own class alone")]
    public void Refuses_a_cause_of_another_class()
    {
        Assert.Throws<ArgumentException>("status", () => RecipientOutcome.Failed(Mary, DeliveryStatus.DestinationFull));
        Assert.Throws<ArgumentException>("status", () => RecipientOutcome.Deferred(Mary, DeliveryStatus.NoConnector));
    }

    [Fact(DisplayName = "TR-1: an outcome without a text or a recipient cannot be made, so that none is missing from the record")]
    public void Refuses_null()
    {
        Assert.Throws<ArgumentNullException>("Text", () => RecipientOutcome.Failed(Mary, EnhancedStatusCode.MessageTooBig, null!));
        Assert.Throws<ArgumentNullException>("Text", () => RecipientOutcome.Deferred(Mary, EnhancedStatusCode.SystemFull, null!));
        Assert.Throws<ArgumentNullException>("Text", () => RecipientOutcome.Delivered(Mary) with { Text = null! });
        Assert.Throws<ArgumentNullException>("Recipient", () => RecipientOutcome.Delivered(null!));
    }
}
