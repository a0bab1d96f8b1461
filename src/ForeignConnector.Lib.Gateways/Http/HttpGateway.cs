using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport.Connectors;

namespace ForeignConnector.Lib.Gateways.Http;

/// <summary>Gives messages to a web service (PX-2). A connection is the leave to ask it; those of HTTP are kept by its client.</summary>
internal sealed class HttpGateway : IDeliveryAgent, IDeliveryConnection, IDisposable
{
    private static readonly SmtpResponse NoToken = new(
        451, new(4, 3, 5), "The token for the recipient's system cannot be read.");

    // The host waits 20 seconds for what is under way when it stops.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private readonly ConnectorContext _context;
    private readonly HttpGatewaySettings _settings;
    private readonly Uri _url;
    private readonly IHttpClientFactory? _clients;
    private readonly HttpClient? _ownClient;

    public HttpGateway(ConnectorContext context, HttpGatewaySettings settings)
    {
        (_context, _settings, _url) = (context, settings, new Uri(settings.Url));
        _clients = (IHttpClientFactory?)context.Services.GetService(typeof(IHttpClientFactory));
        if (_clients is null)
            _ownClient = new HttpClient(CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public int MaxRecipientsPerDelivery => _settings.RecipientsPerCall;

    public string? RemoteHost => _url.Host;

    /// <summary>What requests go through: no redirects, no cookies, small answers.</summary>
    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseDrainSize = 64 * 1024,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = TimeSpan.FromSeconds(30),
    };

    public ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(OpenConnectionResult.Opened(this));

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        var (isRead, token) = await ReadTokenAsync(cancellationToken).ConfigureAwait(false);
        if (!isRead)
            return DeliveryReport.Of(QueueVerdict.Defer(NoToken));
        using var patience = new CancellationTokenSource(_settings.Timeout, _context.Time);
        // What was asked cannot be taken back: when the host stops, its answer gets some time.
        using var stopping = cancellationToken.UnsafeRegister(_ => patience.CancelAfter(StopGrace), null);
        using var body = HttpBody.Of(request, _settings);
        using var message = Request(request, body, token);
        try
        {
            using var response = await Client().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token)
                .ConfigureAwait(false);
            var answer = await HttpAnswer.ReadAsync(response, _context.Time, patience.Token).ConfigureAwait(false);
            return answer.ToReport(request, _url.Host);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Deferred(request, new(4, 4, 2), "The recipient's system took too long to answer.", "timeout");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            return Deferred(request, new(4, 7, 5), "The recipient's system could not prove who it is.", "TLS failure");
        }
        catch (HttpRequestException e)
        {
            return Deferred(request, new(4, 4, 1), "The recipient's system could not be reached.", $"{e.HttpRequestError}");
        }
        catch (HttpIOException e)
        {
            return Deferred(request, new(4, 4, 2), "The connection to the recipient's system broke off.", $"{e.HttpRequestError}");
        }
    }

    public ValueTask<string?> CloseAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public void Dispose() => _ownClient?.Dispose();

    private HttpClient Client()
    {
        if (_clients is null)
            return _ownClient!;
        var client = _clients.CreateClient(GatewayTypes.HttpClientName);
        // Ours counts, answer included.
        client.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }

    private HttpRequestMessage Request(DeliveryRequest request, HttpContent body, string? token)
    {
        var message = new HttpRequestMessage(new HttpMethod(_settings.Method), _url)
        {
            Content = body,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Idempotency-Key", Key(request));
        message.Headers.TryAddWithoutValidation("User-Agent", "ForeignConnector.Lib");
        if (_settings.Format == HttpFormat.Message)
            HttpBody.AddEnvelope(message.Headers, request);
        foreach (var (name, value) in _settings.Headers)
        {
            message.Headers.Remove(name);
            if (!message.Headers.TryAddWithoutValidation(name, value))
                body.Headers.TryAddWithoutValidation(name, value);
        }
        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return message;
    }

    // One recipient has a name of its own; a group of them has one that is made of theirs.
    private static string Key(DeliveryRequest request)
    {
        string[] ids = [.. request.Envelope.Recipients.Select(request.IdOf)];
        return ids.Length == 1
            ? ids[0]
            : $"{request.Id}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', ids))).AsSpan(0, 8))}";
    }

    private DeliveryReport Deferred(DeliveryRequest request, EnhancedStatusCode code, string text, string diagnostic) =>
        DeliveryReport.ForAll(request, recipient => RecipientOutcome.Deferred(recipient, code, text) with
        {
            Diagnostic = new("x-http", diagnostic),
            RemoteHost = _url.Host,
        });

    private async ValueTask<(bool IsRead, string? Token)> ReadTokenAsync(CancellationToken cancellationToken)
    {
        if (_settings.BearerTokenFile is not { } file)
            return (true, null);
        try
        {
            var path = _context.Files.Path.GetFullPath(file, _context.BaseDirectory);
            var token = (await _context.Files.File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            return (token.Length > 0 && token.All(c => c is > ' ' and <= '~'), token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (false, null);
        }
    }
}
