using System.Buffers;
using System.Net.Security;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Dialogue;

/// <summary>
/// Lines to a server, and its replies. What the server sends is bounded: a line by <see cref="MaxLine"/>, a reply by
/// <see cref="MaxReply"/>; so is the time of each step. Whatever fails throws <see cref="DialogueException"/>; the wire is of no use then.
/// </summary>
internal sealed class SmtpWire(Stream stream, TimeSpan timeout, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The longest line of a reply, in octets.</summary>
    public const int MaxLine = 4 << 10;

    /// <summary>The longest reply, in octets.</summary>
    public const int MaxReply = 64 << 10;

    private readonly byte[] _input = new byte[MaxLine];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    /// <summary>What is written and not yet sent.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(4 << 10);

    public bool IsSecure => _stream is SslStream;

    /// <summary>Writes a command.</summary>
    public void Write(string command)
    {
        if (command.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new ArgumentException("A command is one line.", nameof(command));
        Encoding.UTF8.GetBytes(command, Output);
        Output.Write("\r\n"u8);
    }

    /// <summary>Sends a command and reads its reply.</summary>
    public async ValueTask<SmtpReply> AskAsync(string command, CancellationToken cancellationToken)
    {
        Write(command);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        return await ReadReplyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what was written.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (Output.WrittenCount == 0)
            return;
        using var step = new Step(timeout, time, cancellationToken);
        try
        {
            await _stream.WriteAsync(Output.WrittenMemory, step.Token).ConfigureAwait(false);
            await _stream.FlushAsync(step.Token).ConfigureAwait(false);
            Output.ResetWrittenCount();
        }
        catch (Exception e) when (step.Translate(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Reads the next reply.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="patience">How many times as long as usual it may take.</param>
    public async ValueTask<SmtpReply> ReadReplyAsync(CancellationToken cancellationToken, int patience = 1)
    {
        using var step = new Step(timeout * patience, time, cancellationToken);
        var (lines, octets) = (new List<byte[]>(1), 0);
        while (true)
        {
            var line = await ReadLineAsync(step).ConfigureAwait(false);
            octets += line.Length + 2;
            if (octets > MaxReply)
                throw DialogueException.Garbage($"an answer came that is longer than {MaxReply} octets");
            lines.Add(line);
            switch (SmtpReply.IsLast(line))
            {
                case null:
                    throw DialogueException.Garbage("what came is not an answer of SMTP");
                case true:
                    return SmtpReply.Parse(lines) ?? throw DialogueException.Garbage("an answer came whose lines contradict each other");
            }
        }
    }

    /// <summary>Goes over to TLS.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The server's certificate is not trusted.</exception>
    public async ValueTask SecureAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        // Whoever is in between may have put it there.
        if (_start < _end)
            throw DialogueException.Garbage("something came between STARTTLS and TLS");
        using var step = new Step(timeout, time, cancellationToken);
        var secured = new SslStream(_stream);
        _stream = secured;
        try
        {
            await secured.AuthenticateAsClientAsync(options, step.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (step.Translate(e) is { } failure)
        {
            throw failure;
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask<byte[]> ReadLineAsync(Step step)
    {
        while (true)
        {
            var length = _input.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _input.AsSpan(_start, length).TrimEnd((byte)'\r').ToArray();
                _start += length + 1;
                return line;
            }
            if (_start > 0)
            {
                _input.AsSpan(_start, _end - _start).CopyTo(_input);
                (_start, _end) = (0, _end - _start);
            }
            if (_end == _input.Length)
                throw DialogueException.Garbage($"a line came that is longer than {MaxLine} octets");
            try
            {
                var read = await _stream.ReadAsync(_input.AsMemory(_end), step.Token).ConfigureAwait(false);
                _end += read > 0 ? read : throw DialogueException.Lost();
            }
            catch (Exception e) when (step.Translate(e) is { } failure)
            {
                throw failure;
            }
        }
    }

    // The time of one step, and what its exceptions mean.
    private sealed class Step : IDisposable
    {
        private readonly CancellationTokenSource _clock;
        private readonly CancellationTokenSource _both;
        private readonly CancellationToken _outer;
        private readonly TimeSpan _timeout;

        public Step(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        {
            _timeout = timeout;
            _outer = cancellationToken;
            _clock = new CancellationTokenSource(timeout, time);
            _both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _clock.Token);
        }

        public CancellationToken Token => _both.Token;

        public DialogueException? Translate(Exception e) => e switch
        {
            OperationCanceledException when _outer.IsCancellationRequested => null,
            OperationCanceledException => DialogueException.TimedOut(_timeout),
            IOException or System.Net.Sockets.SocketException or ObjectDisposedException => DialogueException.Lost(e),
            _ => null,
        };

        public void Dispose()
        {
            _both.Dispose();
            _clock.Dispose();
        }
    }
}
