using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>One session with a client that may connect. Replies to commands that were sent together go out together (RFC 2920).</summary>
internal sealed class SmtpSession(SmtpIntakeSettings settings, Stream stream, IPAddress client)
{
    private const int MaxMistakes = 20;

    // Beyond what any client needs between two messages.
    private const int MaxIdleCommands = 100;

    private readonly SessionInput _input = new(stream);
    private readonly StringBuilder _replies = new();
    private MailTransaction? _transaction;
    private string? _helo;
    private bool _isExtended;
    private bool _isOver;
    private int _mistakes;
    private int _commands;

    private SmtpIntakeOptions Options => settings.Options;

    private bool IsSecure => _input.Stream is SslStream;

    /// <summary>Goes on until the client takes its leave, is sent away, or is gone.</summary>
    /// <param name="stopping">Ends it between two commands.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            Say($"220 {settings.ServerName} ESMTP");
            while (!_isOver)
            {
                using var clock = new CancellationTokenSource(SmtpIntakeSettings.CommandTimeout, settings.Time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, clock.Token);
                try
                {
                    var (result, line) = await _input.ReadLineAsync(() => FlushAsync(both.Token), both.Token).ConfigureAwait(false);
                    if (result == LineResult.End)
                        return;
                    await TakeAsync(result, line, stopping).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (both.IsCancellationRequested)
                {
                    Leave(stopping.IsCancellationRequested
                        ? "421 4.3.2 this system is going down"
                        : "421 4.4.2 nothing came for too long");
                }
            }
            await SayLastAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
        {
            // The client is gone.
            settings.Logger.SessionLost(client.ToString(), e.GetType().Name);
        }
        finally
        {
            if (IsSecure)
                await _input.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask TakeAsync(LineResult result, ReadOnlyMemory<byte> line, CancellationToken stopping)
    {
        switch (result)
        {
            case LineResult.BareLineEnd:
                Leave("500 5.5.2 a line ends with CRLF and has no other CR or LF");
                return;
            case LineResult.TooLong:
                Leave("500 5.5.2 the line is too long");
                return;
        }
        if (++_commands > MaxIdleCommands + Options.MaxRecipientsPerMessage)
        {
            Leave("421 4.7.0 too many commands without a message");
            return;
        }
        var blank = line.Span.IndexOf((byte)' ');
        var verb = Encoding.ASCII.GetString(blank < 0 ? line.Span : line.Span[..blank]).ToUpperInvariant();
        var arguments = blank < 0 ? default : line[(blank + 1)..];
        switch (verb)
        {
            case "DATA":
                await TakeDataAsync(arguments.IsEmpty, stopping).ConfigureAwait(false);
                return;
            case "STARTTLS" when settings.Certificate is not null && !IsSecure:
                await SecureAsync().ConfigureAwait(false);
                return;
            case "QUIT":
                Leave("221 2.0.0 bye");
                return;
        }
        var reply = verb switch
        {
            "EHLO" or "HELO" => Greet(verb, arguments.Span),
            "MAIL" => Mail(arguments.Span),
            "RCPT" => _transaction is null ? "503 5.5.1 MAIL comes first" : _transaction.Add(SmtpPath.Parse(arguments.Span, "TO:")),
            "RSET" => Reset(),
            "NOOP" => "250 2.0.0 fine",
            "VRFY" => "252 2.1.5 send it and see",
            "HELP" => "214 2.0.0 RFC 5321",
            "EXPN" or "AUTH" or "STARTTLS" or "BDAT" or "ETRN" or "TURN" => "502 5.5.1 not offered",
            _ => "500 5.5.2 not understood",
        };
        Say(reply);
        if (reply[0] == '5' && ++_mistakes >= MaxMistakes)
            Leave("421 4.7.0 too many mistakes");
    }

    private string Greet(string verb, ReadOnlySpan<byte> arguments)
    {
        var name = Encoding.UTF8.GetString(arguments).Trim(' ');
        if (name.Length is 0 or > 255 || name.Any(c => c is <= ' ' or > '~'))
            return $"501 5.5.4 {verb} is followed by the name of the client";
        (_helo, _isExtended, _transaction) = (name, verb == "EHLO", null);
        return _isExtended
            ? string.Join("\r\n",
                [
                    $"250-{settings.ServerName}", "250-PIPELINING",
                    string.Create(CultureInfo.InvariantCulture, $"250-SIZE {Options.MaxMessageSize.Octets}"),
                    "250-8BITMIME", "250-SMTPUTF8", "250-DSN",
                    .. settings.Certificate is not null && !IsSecure ? ["250-STARTTLS"] : Array.Empty<string>(),
                    "250 ENHANCEDSTATUSCODES",
                ])
            : $"250 {settings.ServerName}";
    }

    private string Mail(ReadOnlySpan<byte> arguments)
    {
        if (_helo is null)
            return "503 5.5.1 EHLO comes first";
        if (_transaction is not null)
            return "503 5.5.1 there is a sender already; RSET begins anew";
        (_transaction, var reply) = MailTransaction.Begin(
            Options, settings.Intake, settings.DefaultDomain, SmtpPath.Parse(arguments, "FROM:"));
        return reply;
    }

    private string Reset()
    {
        _transaction = null;
        return "250 2.0.0 begin anew";
    }

    private async ValueTask TakeDataAsync(bool isWellFormed, CancellationToken stopping)
    {
        if (!isWellFormed || _transaction is not { HasRecipients: true } transaction)
        {
            Say(!isWellFormed ? "501 5.5.4 nothing follows DATA"
                : _transaction is null ? "503 5.5.1 MAIL comes first"
                : "554 5.5.1 there is no recipient");
            return;
        }
        _transaction = null;
        Say("354 end with CRLF.CRLF");
        await FlushAsync(stopping).ConfigureAwait(false);
        using var message = new IncomingMessage(settings, _input);
        if (!await message.ReadAsync(stopping).ConfigureAwait(false))
        {
            Leave("552 5.3.4 the message is too large");
            return;
        }
        _commands = 0;
        if (message.Content is null)
        {
            Say(message.Problem!);
            return;
        }
        var protocol = (transaction.IsUtf8 ? "UTF8SMTP" : _isExtended ? "ESMTP" : "SMTP") + (IsSecure && _isExtended ? "S" : "");
        Say(await settings.HandOverAsync(transaction.ToEnvelope(_helo!, client), message.Content, protocol).ConfigureAwait(false));
    }

    private async ValueTask SecureAsync()
    {
        // What was sent ahead in the clear could be anybody's.
        if (_input.HasMore)
        {
            Leave("503 5.5.1 nothing may follow STARTTLS before TLS");
            return;
        }
        Say("220 2.0.0 go ahead");
        using var clock = new CancellationTokenSource(SmtpIntakeSettings.CommandTimeout, settings.Time);
        await FlushAsync(clock.Token).ConfigureAwait(false);
        var secured = new SslStream(_input.Stream, leaveInnerStreamOpen: true);
        _input.Secure(secured);
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = settings.Certificate }, clock.Token).ConfigureAwait(false);
        (_helo, _transaction) = (null, null);
    }

    private void Say(string reply) => _replies.Append(reply).Append("\r\n");

    private void Leave(string reply)
    {
        Say(reply);
        _isOver = true;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_replies.Length == 0)
            return;
        var octets = Encoding.UTF8.GetBytes(_replies.ToString());
        _replies.Clear();
        await _input.Stream.WriteAsync(octets, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SayLastAsync()
    {
        using var clock = new CancellationTokenSource(SmtpIntakeSettings.FarewellTimeout, settings.Time);
        await FlushAsync(clock.Token).ConfigureAwait(false);
    }
}
