using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Tests.Reports;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

public class SenderReportingTests
{
    private static readonly SenderReport Failure = ReportBench.Failed(RecipientOutcome.Failed(ReportBench.To(ReportBench.Fax), DeliveryStatus.NoConnector));

    private readonly RecordingIntake _intake = new();

    [Theory(DisplayName = "ND-2: reports are from the postmaster of the default domain, or from whom the options name")]
    [InlineData(null, "postmaster@contoso.com")]
    [InlineData("help@contoso.com", "help@contoso.com")]
    public async Task Reports_come_from_the_postmaster(string? configured, string expected)
    {
        await using var services = Services(options => options.Transport.ExternalPostmasterAddress = configured);

        Assert.Equal(SenderReportResult.Accepted, await services.GetRequiredService<ISenderReports>().ReportAsync(Failure, CancellationToken.None));

        Assert.Equal(expected, new ParsedReport(Assert.Single(_intake.Messages).Octets).Message.From.Mailboxes.Single().Address);
    }

    [Fact(DisplayName = "ND-2: the limit of what comes back is an option")]
    public async Task The_limit_is_an_option()
    {
        await using var services = Services(options => options.Transport.ExternalDsnMaxMessageAttachSize = ByteSize.FromOctets(1));

        await services.GetRequiredService<ISenderReports>().ReportAsync(Failure, CancellationToken.None);

        Assert.Equal("text/rfc822-headers", new ParsedReport(_intake.Messages[0].Octets).Original.ContentType.MimeType);
    }

    [Fact(DisplayName = "Texts that the application registers are used")]
    public async Task Own_texts()
    {
        await using var services = Services(_ => { }, new Short());

        await services.GetRequiredService<ISenderReports>().ReportAsync(Failure, CancellationToken.None);

        Assert.Equal("Short.\n", new ParsedReport(_intake.Messages[0].Octets).Text);
    }

    [Fact(DisplayName = "ND-10: reports with the codes of GenerateCopyOfDSNFor go to the postmaster too")]
    public async Task Copies_go_to_the_postmaster()
    {
        await using var services = Services(options =>
        {
            options.Transport.ExternalPostmasterAddress = "help@contoso.com";
            options.Transport.GenerateCopyOfDSNFor.Add("5.4.6");
            options.Transport.GenerateCopyOfDSNFor.Add(DeliveryStatus.NoConnector.Code.ToString());
        });

        await services.GetRequiredService<ISenderReports>().ReportAsync(Failure, CancellationToken.None);

        Assert.Equal([ReportBench.Sender, "help@contoso.com"], _intake.Messages.Select(message => message.Envelope.Recipients[0].Address));
    }

    [Theory(DisplayName = "ND-10: what is no status code stops the host at its start")]
    [InlineData("5.4")]
    [InlineData("3.0.0")]
    [InlineData("NDR")]
    [InlineData("5.4.6 ")]
    [InlineData("5.1.1000")]
    [InlineData("")]
    public void A_bad_code_is_refused(string code)
    {
        using var services = Services(options => options.Transport.GenerateCopyOfDSNFor.Add(code));

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value);

        Assert.StartsWith("Transport:GenerateCopyOfDSNFor:0: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A postmaster that is no plain address stops the host at its start")]
    [InlineData("postmaster")]
    [InlineData("Post Master <postmaster@contoso.com>")]
    [InlineData("postmäster@contoso.com")]
    [InlineData("a@b.test, c@d.test")]
    [InlineData("")]
    public void A_bad_postmaster_is_refused(string address)
    {
        using var services = Services(options => options.Transport.ExternalPostmasterAddress = address);

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value);

        Assert.StartsWith("Transport:ExternalPostmasterAddress: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private ServiceProvider Services(Action<ForeignConnectorOptions> configure, ReportTexts? texts = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IFileSystem>(new MockFileSystem()).AddSingleton<IMailIntake>(_intake);
        if (texts is not null)
            services.AddSingleton(texts);
        return services
            .AddForeignConnectors(options =>
            {
                options.Transport.AcceptedDomains.Add("contoso.com");
                options.Connectors["Fax"] = new() { AddressSpaces = { "FAX:*" } };
                configure(options);
            })
            .BuildServiceProvider();
    }

    private sealed class Short : ReportTexts
    {
        public override string Body(ReportFacts facts) => "Short.";
    }
}
