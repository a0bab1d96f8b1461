using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Tests;

/// <summary>What a scripted server does instead of what it should.</summary>
internal sealed record Reaction(string? Text = null, bool Drops = false, bool Stalls = false, int Repeat = 1)
{
    public static Reaction Drop { get; } = new(Drops: true);

    public static Reaction Stall { get; } = new(Stalls: true);

    public static Reaction Garbage { get; } = new("\u0001\u0002 this is not SMTP");

    /// <summary>A reply of a megabyte, in lines.</summary>
    public static Reaction Flood { get; } = new("250-" + new string('x', 1000), Repeat: 1000);

    /// <summary>A reply of a megabyte, in one line.</summary>
    public static Reaction LongLine { get; } = new("250 " + new string('x', 1 << 20));

    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator Reaction?(string? text) => text is null ? null : new(text);
}

/// <summary>An SMTP server on a loopback port that does what a test says, and remembers what it was told.</summary>
internal sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly Task _accepting;
    private int _open;

    public ScriptedSmtpServer(Func<string, Reaction?>? script = null)
    {
        Script = script ?? (_ => null);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Given <c>CONNECT</c>, a command, or <c>.</c> for the end of a message: what happens instead.</summary>
    public Func<string, Reaction?> Script { get; set; }

    public List<string> Extensions { get; } = ["PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];

    /// <summary>Offers STARTTLS, or begins with TLS if <see cref="IsTls"/> says so.</summary>
    public X509Certificate2? Certificate { get; init; }

    public bool IsTls { get; init; }

    public ConcurrentQueue<string> Commands { get; } = [];

    public ConcurrentQueue<byte[]> Messages { get; } = [];

    public ConcurrentQueue<string> Failures { get; } = [];

    public int Connections { get; private set; }

    public int MostOpen { get; private set; }

    /// <summary>Connections that wait for nothing.</summary>
    public int Stalled;

    public string[] Sent(string verb) => [.. Commands.Where(line => line.StartsWith(verb, StringComparison.OrdinalIgnoreCase))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_sessions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token);
            socket.NoDelay = true;
            Connections++;
            _sessions.Add(Task.Run(() => ServeAsync(socket)));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        MostOpen = Math.Max(MostOpen, Interlocked.Increment(ref _open));
        try
        {
            Stream stream = new NetworkStream(socket);
            if (IsTls)
                stream = await SecureAsync(stream);
            await TalkAsync(stream, socket);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            Failures.Enqueue(e.GetType().Name);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task TalkAsync(Stream stream, Socket socket)
    {
        var lines = new LineSource(stream);
        if (!await ReactAsync(stream, socket, "CONNECT", "220 scripted ESMTP"))
            return;
        while (await lines.ReadAsync(_stop.Token) is { } octets)
        {
            var line = Encoding.UTF8.GetString(octets);
            Commands.Enqueue(line);
            var verb = line.Split(' ')[0].ToUpperInvariant();
            var usual = verb switch
            {
                "EHLO" => Ehlo(stream is SslStream),
                "DATA" => "354 go on",
                "STARTTLS" => "220 go on",
                "AUTH" => "235 2.7.0 welcome",
                "QUIT" => "221 2.0.0 bye",
                "BDAT" => null,
                _ => "250 2.1.0 ok",
            };
            if (verb == "BDAT")
            {
                Messages.Enqueue(await lines.ReadExactlyAsync(int.Parse(line.Split(' ')[1], null), _stop.Token));
                usual = "250 2.0.0 taken";
            }
            if (!await ReactAsync(stream, socket, line, usual!))
                return;
            if (verb == "DATA" && Script(line) is null or { Text: "354 go on" })
            {
                if (Script("CONTENT") is { Drops: true })
                    return;
                if (Script("CONTENT") is { } early)
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(early.Text + "\r\n"));
                    socket.Shutdown(SocketShutdown.Send);
                    return;
                }
                Messages.Enqueue(await ReadMessageAsync(lines));
                if (!await ReactAsync(stream, socket, ".", "250 2.0.0 taken"))
                    return;
            }
            if (verb == "STARTTLS" && Script(line) is null)
            {
                stream = await SecureAsync(stream);
                lines = new LineSource(stream);
            }
            if (verb == "QUIT")
                return;
        }
    }

    private string Ehlo(bool isSecure) => string.Join("\r\n",
        new[] { "250-scripted" }.Concat(Extensions.Select(extension => $"250-{extension}"))
            .Append(Certificate is not null && !isSecure ? "250-STARTTLS" : "250-HELP").Append("250 OK"));

    private async Task<bool> ReactAsync(Stream stream, Socket socket, string step, string usual)
    {
        var reaction = Script(step) ?? usual;
        if (reaction.Drops)
        {
            socket.Close(0);
            return false;
        }
        if (reaction.Stalls)
        {
            Interlocked.Increment(ref Stalled);
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        for (var i = 0; i < reaction.Repeat; i++)
            await stream.WriteAsync(Encoding.UTF8.GetBytes(reaction.Text + "\r\n"), _stop.Token);
        return true;
    }

    private async Task<byte[]> ReadMessageAsync(LineSource lines)
    {
        var message = new MemoryStream();
        while (await lines.ReadAsync(_stop.Token) is { } line)
        {
            if (line is [(byte)'.'])
                return message.ToArray();
            message.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            message.Write("\r\n"u8);
        }
        throw new IOException("The message has no end.");
    }

    private async Task<SslStream> SecureAsync(Stream stream)
    {
        var secured = new SslStream(stream);
        await secured.AuthenticateAsServerAsync(Certificate!);
        return secured;
    }

    // Lines that end in CRLF, and in nothing else.
    private sealed class LineSource(Stream stream)
    {
        private readonly byte[] _block = new byte[64 << 10];
        private readonly ArrayBufferWriter<byte> _line = new();
        private int _start;
        private int _end;

        public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
        {
            _line.ResetWrittenCount();
            while (true)
            {
                if (!await FillAsync(cancellationToken))
                    return null;
                var lf = _block.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
                var length = lf < 0 ? _end - _start : lf + 1;
                _line.Write(_block.AsSpan(_start, length));
                _start += length;
                if (lf >= 0 && _line.WrittenSpan is [.. var line, (byte)'\r', (byte)'\n'])
                    return line.ToArray();
            }
        }

        public async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
        {
            var octets = new MemoryStream();
            while (octets.Length < count && await FillAsync(cancellationToken))
            {
                var length = Math.Min(count - (int)octets.Length, _end - _start);
                octets.Write(_block, _start, length);
                _start += length;
            }
            return octets.ToArray();
        }

        private async Task<bool> FillAsync(CancellationToken cancellationToken)
        {
            if (_start < _end)
                return true;
            (_start, _end) = (0, await stream.ReadAsync(_block, cancellationToken));
            return _end > 0;
        }
    }
}
