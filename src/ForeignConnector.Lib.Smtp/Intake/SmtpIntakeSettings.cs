using System.Globalization;
using System.IO.Abstractions;
using System.Net.Security;
using System.Security.Cryptography;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>What all sessions have in common.</summary>
internal sealed class SmtpIntakeSettings
{
    private const string SpoolPrefix = "smtp-";
    private const string SpoolSuffix = ".tmp";

    private static readonly TimeSpan StaleAge = TimeSpan.FromDays(1);

    /// <summary>How long a client may take for a line (RFC 5321, 4.5.3.2.7), and for the next octets of a message.</summary>
    public static TimeSpan CommandTimeout { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the last reply may take.</summary>
    public static TimeSpan FarewellTimeout { get; } = TimeSpan.FromSeconds(5);

    public required SmtpIntakeOptions Options { get; init; }

    public required ProtocolIntake Intake { get; init; }

    /// <summary>Who we are.</summary>
    public required string ServerName { get; init; }

    /// <summary>Where <c>postmaster</c> without a domain is.</summary>
    public required string DefaultDomain { get; init; }

    /// <summary>For STARTTLS; null offers none.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>Where large messages wait for their end.</summary>
    public required string SpoolDirectory { get; init; }

    public required IFileSystem Files { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>How long a client may take for a message: a kilobyte a second at least.</summary>
    public static TimeSpan MessageTimeout(long size) => CommandTimeout + TimeSpan.FromSeconds(size >> 10);

    /// <summary>A name that nobody has.</summary>
    public string NewSpoolPath()
    {
        Files.Directory.CreateDirectory(SpoolDirectory);
        return Files.Path.Combine(SpoolDirectory, $"{SpoolPrefix}{RandomNumberGenerator.GetHexString(16, lowercase: true)}{SpoolSuffix}");
    }

    /// <summary>Deletes what a process left that died. Those of others that live are younger.</summary>
    public void SweepSpool()
    {
        try
        {
            if (!Files.Directory.Exists(SpoolDirectory))
                return;
            var then = Time.GetUtcNow().UtcDateTime - StaleAge;
            foreach (var path in Files.Directory.EnumerateFiles(SpoolDirectory, SpoolPrefix + "*" + SpoolSuffix))
            {
                if (Files.File.GetLastWriteTimeUtc(path) < then)
                    Files.File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Logger.NotSwept(e.GetType().Name);
        }
    }

    /// <summary>Hands a message to the transport; the reply says what became of it. 250 means that it is durable.</summary>
    public async ValueTask<string> HandOverAsync(MailEnvelope envelope, MessageContent content, string protocol)
    {
        try
        {
            // Not given up in the middle: the client could not know what became of it.
            var result = await Intake.AcceptAsync(envelope, content, protocol, CancellationToken.None).ConfigureAwait(false);
            return result.Rejected.Length < envelope.Recipients.Length
                ? string.Create(CultureInfo.InvariantCulture, $"250 2.6.0 queued as {result.Id.Key:x32}")
                : Refusal(result.Rejected[0]);
        }
#pragma warning disable CA1031 // Whatever it is, the client has the message and tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Logger.NotStored(e.GetType().Name);
            return "451 4.3.0 the message cannot be taken now";
        }
    }

    private static string Refusal(RecipientOutcome outcome) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(outcome.Status == EnhancedStatusCode.MessageTooBig ? 552 : 554)} {outcome.Status} {outcome.Text}");
}
