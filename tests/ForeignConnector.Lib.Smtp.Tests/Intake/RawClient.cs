using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Tests.Intake;

/// <summary>A client that sends octets as a test says, and reads replies.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Socket _socket;
    private Stream _stream;
    private byte[] _waiting = [];

    private RawClient(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket));

    public static async Task<RawClient> ConnectAsync(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        return new RawClient(socket);
    }

    /// <summary>Connects, reads the greeting, and says EHLO.</summary>
    public static async Task<RawClient> GreetedAsync(IPEndPoint endpoint)
    {
        var client = await ConnectAsync(endpoint);
        Assert.StartsWith("220 ", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.Contains("PIPELINING", await client.AskAsync("EHLO client.example"), StringComparison.Ordinal);
        return client;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    public void Shutdown() => _socket.Shutdown(SocketShutdown.Send);

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] octets) => await _stream.WriteAsync(octets, TestContext.Current.CancellationToken);

    /// <summary>Sends a line and reads the reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Reads a reply, all its lines; empty when the server is gone.</summary>
    public async Task<string> ReplyAsync()
    {
        using var clock = new CancellationTokenSource(Patience);
        for (var block = new byte[4096]; ;)
        {
            var text = Encoding.UTF8.GetString(_waiting);
            var start = 0;
            while (text.IndexOf("\r\n", start, StringComparison.Ordinal) is >= 0 and var end)
            {
                if (text[start + 3] == ' ')
                {
                    _waiting = Encoding.UTF8.GetBytes(text[(end + 2)..]);
                    return text[..end];
                }
                start = end + 2;
            }
            int read;
            try
            {
                read = await _stream.ReadAsync(block, clock.Token);
            }
            catch (IOException)
            {
                return "";
            }
            if (read == 0)
                return text;
            _waiting = [.. _waiting, .. block.AsSpan(0, read)];
        }
    }

    public async Task SecureAsync(string authorityPem, string host)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authorityPem);
        var secured = new SslStream(_stream);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy }, TestContext.Current.CancellationToken);
        _stream = secured;
    }

    /// <summary>Sends a message; the reply to its end.</summary>
    public async Task<string> DeliverAsync(string message, string recipient = "bob@contoso.com")
    {
        await SendAsync($"MAIL FROM:<anna@example.net>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n");
        Assert.StartsWith("250", await ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("354", await ReplyAsync(), StringComparison.Ordinal);
        await SendAsync(message + "\r\n.\r\n");
        return await ReplyAsync();
    }
}
