using ForeignConnector.Lib.Mail;

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
}
