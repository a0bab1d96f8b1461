using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>Reports to senders (ND). <see cref="ReportTexts"/> and <see cref="ISenderReports"/> of the application take the place of ours.</summary>
internal static class SenderReporting
{
    public static void AddSenderReports(this IServiceCollection services)
    {
        services.TryAddSingleton<ReportTexts>();
        services.TryAddSingleton<ISenderReports>(provider => new SenderReports(
            new LateIntake(provider),
            provider.GetRequiredService<SubmissionIdSource>(),
            ReportOptions(provider.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value.Transport),
            provider.GetRequiredService<ReportTexts>(),
            provider.Trail(),
            provider.GetRequiredService<ILogger<SenderReports>>()));
    }

    private static ReportOptions ReportOptions(TransportOptions transport)
    {
        var options = new ReportOptions
        {
            ServerName = transport.ServerName,
            DefaultDomain = transport.DefaultDomain!,
            PostmasterAddress = transport.ExternalPostmasterAddress ?? $"postmaster@{transport.DefaultDomain}",
            MaxMessageAttachSize = transport.ExternalDsnMaxMessageAttachSize,
        };
        foreach (var text in transport.GenerateCopyOfDSNFor)
        {
            // The validator has seen all of them.
            if (EnhancedStatusCode.TryParse(text, out var code))
                options.CopiedStatuses.Add(code);
        }
        return options;
    }

    /// <summary>Reports go in where all mail goes in, and what stands there may itself report: it is looked up when the first report is made.</summary>
    private sealed class LateIntake(IServiceProvider services) : IMailIntake
    {
        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken) =>
            services.GetRequiredService<IMailIntake>().AcceptAsync(item, cancellationToken);
    }
}
