using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>A request as the server read it.</summary>
internal sealed record Received(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A web server that does what a test says, octet for octet.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private ImmutableList<Received> _requests = [];
    private bool _isDisposed;

    public LoopbackServer(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Answers a request; null is an answer of its own on the stream.</summary>
    public Func<Received, Stream, Task<string?>> Script { get; set; } = (_, _) => Task.FromResult<string?>(Answer("200 OK"));

    public IReadOnlyList<Received> Requests => Volatile.Read(ref _requests);

    public string Url => $"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/send";

    public static string Answer(string status, string headers = "", string body = "", string type = "application/json") =>
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public void Dispose()
    {
        _listener.Dispose();
        if (!_isDisposed)
            _stop.Cancel();
        _isDisposed = true;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(_certificate);
                    stream = tls;
                }
                while (await ReadAsync(stream) is { } request)
                {
                    ImmutableInterlocked.Update(ref _requests, requests => requests.Add(request));
                    if (await Script(request, stream) is not { } answer)
                        return;
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
            {
                // The client went away.
            }
        }
    }

    private static async Task<Received?> ReadAsync(Stream stream)
    {
        if (await LineAsync(stream) is not { } line)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync(stream) is { Length: > 0 } field)
        {
            var (name, value) = (field[..field.IndexOf(':', StringComparison.Ordinal)], field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }
        var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            await CopyAsync(stream, body, int.Parse(length, CultureInfo.InvariantCulture));
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (int.Parse((await LineAsync(stream))!, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
            {
                await CopyAsync(stream, body, size);
                await LineAsync(stream);
            }
            await LineAsync(stream);
        }
        return new Received(line, headers, Encoding.UTF8.GetString(body.ToArray()));
    }

    private static async Task CopyAsync(Stream stream, MemoryStream body, int length)
    {
        var octets = new byte[length];
        await stream.ReadExactlyAsync(octets);
        body.Write(octets);
    }

    private static async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }
}
