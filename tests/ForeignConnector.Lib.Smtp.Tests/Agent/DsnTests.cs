using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>SM-4: what the sender asked to be told goes on to a server that speaks DSN.</summary>
public sealed class DsnTests
{
    private static MailEnvelope Envelope() => new("anna@contoso.com",
    [
        new EnvelopeRecipient("bob@example.net")
        {
            Notify = DsnNotify.Success | DsnNotify.Delay,
            OriginalRecipient = new("rfc822", "bob+x=y@old.example"),
        },
        new EnvelopeRecipient("eve@example.net") { Notify = DsnNotify.Never },
        new EnvelopeRecipient("joe@example.net"),
    ])
    {
        Return = DsnReturn.Hdrs,
        EnvelopeId = "id 1+1=2",
    };

    [Fact(DisplayName = "SM-4: NOTIFY, RET, ENVID and ORCPT go on; the outcome is delivered, and needs no report of ours")]
    public async Task Passes_parameters_on()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());

        var report = await bench.DeliverAsync(AgentBench.Request(Envelope(), Encoding.ASCII.GetBytes(AgentBench.Message)));

        Assert.EndsWith(" RET=HDRS ENVID=id+201+2B1+3D2", Assert.Single(bench.Server.Sent("MAIL")), StringComparison.Ordinal);
        Assert.Equal(
            [
                "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob+2Bx+3Dy@old.example",
                "RCPT TO:<eve@example.net> NOTIFY=NEVER",
                "RCPT TO:<joe@example.net>",
            ],
            bench.Server.Sent("RCPT"));
        Assert.All(report.Outcomes, outcome => Assert.Equal((RecipientAction.Delivered, true), (outcome.Action, outcome.NeedsNoReport)));
    }

    [Fact(DisplayName = "SM-4: without DSN nothing of it is sent, and the outcome is relayed: who asked for success is told so, nobody else")]
    public async Task Without_dsn()
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer());
        bench.Server.Extensions.Remove("DSN");

        var report = await bench.DeliverAsync(AgentBench.Request(Envelope(), Encoding.ASCII.GetBytes(AgentBench.Message)));

        Assert.DoesNotContain(bench.Server.Commands, line => line.Contains("RET=", StringComparison.Ordinal) || line.Contains("NOTIFY", StringComparison.Ordinal));
        Assert.Equal(
            [(RecipientAction.Relayed, false), (RecipientAction.Relayed, true), (RecipientAction.Relayed, true)],
            report.Outcomes.Select(outcome => (outcome.Action, outcome.NeedsNoReport)));
    }
}
