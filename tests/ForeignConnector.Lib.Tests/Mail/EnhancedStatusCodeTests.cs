using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnhancedStatusCodeTests
{
    public static TheoryData<EnhancedStatusCode, string> Known => new()
    {
        { EnhancedStatusCode.Success, "2.0.0" },
        { EnhancedStatusCode.SystemProblem, "4.3.0" },
        { EnhancedStatusCode.SystemFull, "4.3.1" },
        { EnhancedStatusCode.NotAccepting, "4.3.2" },
        { EnhancedStatusCode.UnableToRoute, "4.4.4" },
        { EnhancedStatusCode.BadDestinationSystem, "5.1.2" },
        { EnhancedStatusCode.BadAddressSyntax, "5.1.3" },
        { EnhancedStatusCode.MessageTooBig, "5.3.4" },
        { new(5, 999, 10), "5.999.10" },
    };

    [Theory(DisplayName = "ND-2, DR-6, RT-4: a status prints as class.subject.detail")]
    [MemberData(nameof(Known))]
    public void Prints(EnhancedStatusCode status, string text) => Assert.Equal(text, status.ToString());
}
