using System.Buffers;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>
/// A message as it comes in: small ones in memory, larger ones in a file beside the queue, which goes away when this is disposed.
/// </summary>
internal sealed class IncomingMessage(SmtpIntakeSettings settings, SessionInput input) : IDisposable
{
    private const int InMemory = 256 << 10;

    private readonly ArrayBufferWriter<byte> _octets = new(16 << 10);
    private DataScanner _scanner = new();
    private Stream? _spool;
    private string? _path;
    private long _length;
    private string? _unstored;

    /// <summary>The message; null when it cannot be kept.</summary>
    public MessageContent? Content { get; private set; }

    /// <summary>The reply that says why there is no content.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads to the end of the message.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <returns>False when the client goes on sending long after it is too large: the session has to end.</returns>
    /// <exception cref="IOException">The client is gone.</exception>
    /// <exception cref="OperationCanceledException">It takes too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken stopping)
    {
        var most = settings.Options.MaxMessageSize.Octets;
        using var clock = new CancellationTokenSource(SmtpIntakeSettings.MessageTimeout(most), settings.Time);
        for (var isEnd = false; !isEnd;)
        {
            using var silence = new CancellationTokenSource(SmtpIntakeSettings.CommandTimeout, settings.Time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(stopping, clock.Token, silence.Token);
            var piece = await input.PeekAsync(any.Token).ConfigureAwait(false);
            if (piece.IsEmpty)
                throw new IOException("The client is gone.");
            isEnd = _scanner.Write(piece.Span, _octets, out var used);
            input.Take(used);
            _length += used;
            if (_length > 2 * most)
                return false;
            if (_length > most + 5 || _unstored is not null)
                _octets.ResetWrittenCount();
            else if (_octets.WrittenCount >= InMemory)
                await SpoolAsync().ConfigureAwait(false);
        }
        await CompleteAsync(most).ConfigureAwait(false);
        return true;
    }

    public void Dispose()
    {
        Content?.Dispose();
        _spool?.Dispose();
        if (_path is not null)
            Delete(_path);
    }

    private async ValueTask CompleteAsync(long most)
    {
        if (_length > most + 5)
            Problem = $"552 5.3.4 messages have at most {most} octets";
        else if (_spool is not null)
            await SpoolAsync().ConfigureAwait(false);
        if ((Problem ??= _unstored) is not null)
            return;
        if (_spool is null)
        {
            Content = MessageContent.FromOctets(_octets.WrittenMemory);
            return;
        }
        await _spool.DisposeAsync().ConfigureAwait(false);
        _spool = null;
        Content = MessageContent.FromFile(settings.Files, _path!);
    }

    // The message goes on to its end whatever the disk does; the client is told then.
    private async ValueTask SpoolAsync()
    {
        try
        {
            if (_spool is null)
            {
                _path = settings.NewSpoolPath();
                _spool = settings.Files.FileStream.New(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1);
            }
            await _spool.WriteAsync(_octets.WrittenMemory).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            settings.Logger.NotStored(e.GetType().Name);
            _unstored = "452 4.3.1 the message cannot be stored now";
        }
        _octets.ResetWrittenCount();
    }

    private void Delete(string path)
    {
        try
        {
            settings.Files.File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Swept at a later start.
        }
    }
}
