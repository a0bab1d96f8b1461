using System.IO.Abstractions;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>
/// Takes messages in by SMTP for as long as the host runs. Certificate and endpoints are had before anything else of the host starts.
/// </summary>
internal sealed class SmtpIntakeService(
    ForeignConnectorTransport transport, IOptions<SmtpIntakeOptions> options, IFileSystem files, TimeProvider time, ILoggerFactory loggers)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger = loggers.CreateLogger<SmtpIntakeService>();
    private SmtpListener? _listener;
    private Task _run = Task.CompletedTask;

    /// <summary>Where it listens; empty while it is off.</summary>
    public IReadOnlyList<System.Net.IPEndPoint> Endpoints => _listener?.Endpoints ?? [];

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.Endpoints.Count == 0)
            return Task.CompletedTask;
        var context = transport.IntakeContext;
        var sessions = new SmtpIntakeSettings
        {
            Options = settings,
            Intake = new ProtocolIntake(context, TrackingSource.Smtp),
            ServerName = context.Identity.ServerName,
            DefaultDomain = context.Identity.DefaultDomain,
            Certificate = settings.CertificateFile is { } file ? Load(file) : null,
            SpoolDirectory = context.JournalDirectory,
            Files = files,
            Time = time,
            Logger = _logger,
        };
        sessions.SweepSpool();
        _listener = new SmtpListener(sessions);
        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_listener is null)
            return;
        // Nothing is taken in before the queue is there.
        await transport.StartAsync().ConfigureAwait(false);
        _run = Task.Run(() => _listener.RunAsync(_stopping.Token), CancellationToken.None);
        _logger.Listening(string.Join(", ", _listener.Endpoints));
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>First of all: what comes in now could not be delivered any more.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _run.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private SslStreamCertificateContext Load(string file)
    {
        try
        {
            var path = files.Path.Combine(transport.Options.Transport.BaseDirectory ?? "", file);
            var pem = files.File.ReadAllText(path);
            using var certificate = X509Certificate2.CreateFromPem(pem, pem);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            // Some systems cannot use a key that was never stored.
            return SslStreamCertificateContext.Create(
                X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null), chain, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new OptionsValidationException(
                nameof(SmtpIntakeOptions), typeof(SmtpIntakeOptions),
                [
                    $"SmtpIntake:{nameof(SmtpIntakeOptions.CertificateFile)}: "
                    + $"'{file}' holds no certificate with its key in PEM, or cannot be read",
                ]);
        }
    }
}
