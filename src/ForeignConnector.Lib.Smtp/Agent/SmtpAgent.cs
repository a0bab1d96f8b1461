using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Smtp.Dialogue;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>
/// Opens connections to a smart host: connects, goes over to TLS, logs in (SM-1). Whatever does not work lets the queue wait.
/// </summary>
internal sealed class SmtpAgent : IDeliveryAgent
{
    private readonly ConnectorContext _context;
    private readonly SmtpAgentOptions _options;
    private readonly ISmtpCredentials? _credentials;
    private readonly string _host;
    private readonly ILogger _logger;

    public SmtpAgent(ConnectorContext context, SmtpAgentOptions options)
    {
        (_context, _options, _host) = (context, options, options.SmartHost.Trim('[', ']'));
        _credentials = (ISmtpCredentials?)context.Services.GetService(typeof(ISmtpCredentials));
        _logger = context.Loggers.CreateLogger<SmtpAgent>();
        if (options.Password is not null)
            _logger.PasswordInConfiguration(context.Name);
    }

    public async ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken)
    {
        SmtpWire? wire = null;
        try
        {
            var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            wire = new SmtpWire(new NetworkStream(socket, ownsSocket: true), _options.Timeout, _context.Time);
            if (_options.Security == SmtpSecurity.Tls)
                await SecureAsync(wire, cancellationToken).ConfigureAwait(false);
            var greeting = await wire.ReadReplyAsync(cancellationToken).ConfigureAwait(false);
            if (greeting.Code != 220)
                throw Refused("the connection", greeting);
            var features = await GreetAsync(wire, socket, cancellationToken).ConfigureAwait(false);
            await LogInAsync(wire, socket, features, cancellationToken).ConfigureAwait(false);
            var opened = new SmtpConnection(wire, socket, features, _options.SmartHost, _context.Time);
            wire = null;
            return OpenConnectionResult.Opened(opened);
        }
        catch (DialogueException e)
        {
            _logger.ConnectionRefused(_context.Name, _options.SmartHost, e.Message, e.InnerException?.GetType().Name);
            var response = new SmtpResponse(
                e.Status.Subject == 7 ? 454 : 451, e.Status,
                $"The next mail system ({_options.SmartHost}) cannot be used now: {e.Message}");
            return OpenConnectionResult.Refused(QueueVerdict.Defer(response, remoteHost: _options.SmartHost));
        }
        finally
        {
            if (wire is not null)
                await wire.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var clock = new CancellationTokenSource(_options.Timeout, _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            if (IPAddress.TryParse(_host, out var address))
                await socket.ConnectAsync(new IPEndPoint(address, _options.Port), both.Token).ConfigureAwait(false);
            else
                await socket.ConnectAsync(_host, _options.Port, both.Token).ConfigureAwait(false);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw DialogueException.TimedOut(_options.Timeout);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DialogueException(
                new(4, 4, e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData ? 3 : 1),
                e.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "it refuses connections",
                    SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "its name is not known",
                    var error => $"it cannot be reached ({error})",
                }, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // EHLO, and STARTTLS where it is wanted.
    private async ValueTask<ServerFeatures> GreetAsync(SmtpWire wire, Socket socket, CancellationToken cancellationToken)
    {
        var name = LocalName(socket);
        var features = await HelloAsync(wire, name, cancellationToken).ConfigureAwait(false);
        if (wire.IsSecure || _options.Security == SmtpSecurity.None)
            return features;
        if (!features.StartTls)
            return _options.Security == SmtpSecurity.StartTlsWhenAvailable
                ? features
                : throw new DialogueException(new(4, 7, 4), "it does not offer STARTTLS, and Security demands it");
        var reply = await wire.AskAsync("STARTTLS", cancellationToken).ConfigureAwait(false);
        if (reply.Code != 220)
            return _options.Security == SmtpSecurity.StartTlsWhenAvailable ? features : throw Refused("STARTTLS", reply);
        await SecureAsync(wire, cancellationToken).ConfigureAwait(false);
        return await HelloAsync(wire, name, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<ServerFeatures> HelloAsync(SmtpWire wire, string name, CancellationToken cancellationToken)
    {
        var reply = await wire.AskAsync($"EHLO {name}", cancellationToken).ConfigureAwait(false);
        if (reply.IsPositive)
            return ServerFeatures.Parse(reply);
        if (reply.Code is not (500 or 501 or 502 or 504 or 550))
            throw Refused("EHLO", reply);
        reply = await wire.AskAsync($"HELO {name}", cancellationToken).ConfigureAwait(false);
        return reply.IsPositive ? ServerFeatures.None : throw Refused("HELO", reply);
    }

    private async ValueTask SecureAsync(SmtpWire wire, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = _host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_options.CertificateAuthorityFile is { } file)
            options.CertificateChainPolicy = await PolicyOfAsync(file, cancellationToken).ConfigureAwait(false);
        try
        {
            await wire.SecureAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new DialogueException(new(4, 7, 5), "TLS failed: its certificate is not trusted, or is not its own", e);
        }
        catch (Exception e) when (e is InvalidOperationException or CryptographicException or ArgumentException)
        {
            throw new DialogueException(new(4, 7, 5), "TLS failed", e);
        }
    }

    // Read each time: whoever renews the file need not restart anything.
    private async ValueTask<X509ChainPolicy> PolicyOfAsync(string file, CancellationToken cancellationToken)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(await ReadAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _logger.FileUnreadable(e, _context.Name, nameof(SmtpAgentOptions.CertificateAuthorityFile), file);
            throw new DialogueException(new(4, 3, 5), "the certificates of its authority cannot be read here", e);
        }
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new DialogueException(new(4, 3, 5), "there is no certificate in the file of its authority");
    }

    private async ValueTask LogInAsync(SmtpWire wire, Socket socket, ServerFeatures features, CancellationToken cancellationToken)
    {
        if (await CredentialAsync(cancellationToken).ConfigureAwait(false) is not { } credential)
            return;
        var isLocal = socket.RemoteEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address);
        await Login.RunAsync(wire, credential, features, wire.IsSecure || isLocal, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SmtpCredential?> CredentialAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_options.PasswordFile is { } file)
            {
                var password = (await ReadAsync(file, cancellationToken).ConfigureAwait(false)).TrimEnd('\r', '\n');
                return SmtpCredential.Password(_options.UserName!, password);
            }
            if (_options.Password is not null)
                return SmtpCredential.Password(_options.UserName!, _options.Password);
            var credential = _credentials is null
                ? null
                : await _credentials.GetAsync(_context.Name, _options.SmartHost, cancellationToken).ConfigureAwait(false);
            return credential is null && _options.UserName is not null
                ? throw new DialogueException(new(4, 3, 5), "there is no password for the login of this server")
                : credential;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _logger.FileUnreadable(e, _context.Name, nameof(SmtpAgentOptions.PasswordFile), _options.PasswordFile ?? "");
            throw new DialogueException(new(4, 3, 5), "the password for the login of this server cannot be read here", e);
        }
#pragma warning disable CA1031 // Whatever a service throws, there is no login.
        catch (Exception e) when (e is not (DialogueException or OperationCanceledException))
#pragma warning restore CA1031
        {
            throw new DialogueException(new(4, 7, 0), "there is no credential for the login of this server now", e);
        }
    }

    private Task<string> ReadAsync(string file, CancellationToken cancellationToken) =>
        _context.Files.File.ReadAllTextAsync(_context.Files.Path.Combine(_context.BaseDirectory, file), cancellationToken);

    private string LocalName(Socket socket)
    {
        if (_options.LocalDomain is { } configured)
            return configured;
        if (_context.ServerName.Contains('.', StringComparison.Ordinal))
            return _context.ServerName;
        var address = (socket.LocalEndPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]"
            : $"[{address}]";
    }

    private static DialogueException Refused(string what, SmtpReply reply)
    {
        var status = reply.Status;
        return new(status.Class is 4 or 5 ? new(4, status.Subject, status.Detail) : new(4, 5, 0),
            string.Create(CultureInfo.InvariantCulture, $"it refused {what}: {reply}"));
    }
}
