using System.Buffers;
using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Smtp.Dialogue;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>How far a transaction has come.</summary>
internal enum TransactionPhase
{
    /// <summary>The server has no octet of the message.</summary>
    Envelope,

    /// <summary>The message is on its way.</summary>
    Content,

    /// <summary>The server has the message and has not answered.</summary>
    Reply,
}

/// <summary>MAIL, RCPT and DATA or BDAT (RFC 5321, 3.3; RFC 3030) on one connection, again and again.</summary>
internal sealed class SmtpTransaction(SmtpWire wire, ServerFeatures features)
{
    private const int BlockSize = 64 << 10;

    // The reply to a whole message has more time (RFC 5321, 4.5.3.2.6).
    private const int PatienceForContent = 5;

    // So many questions go ahead of their answers: both fit the buffers of the sockets.
    private const int PipelineLength = 50;

    private bool _mustReset;

    public TransactionPhase Phase { get; private set; }

    /// <summary>Hands a message over.</summary>
    /// <param name="message">The message.</param>
    /// <param name="recipients">Those of its recipients that are left.</param>
    /// <param name="outcomes">Gets one outcome for each, but for those that are returned.</param>
    /// <param name="cancellationToken">Ends it; the connection is of no use then.</param>
    /// <returns>Recipients that have to go in a transaction of their own, since the server does not take so many at once.</returns>
    public async ValueTask<ImmutableArray<(EnvelopeRecipient Recipient, string Rcpt)>> RunAsync(
        OutgoingMessage message, ImmutableArray<(EnvelopeRecipient Recipient, string Rcpt)> recipients, SmtpOutcomes outcomes,
        CancellationToken cancellationToken)
    {
        Phase = TransactionPhase.Envelope;
        if (_mustReset && (await wire.AskAsync("RSET", cancellationToken).ConfigureAwait(false)) is { IsPositive: false } refusal)
            throw DialogueException.Unexpected(refusal);
        _mustReset = true;
        var replies = await AskAsync([message.Mail, .. recipients.Select(pair => pair.Rcpt)], cancellationToken).ConfigureAwait(false);
        if (!replies[0].IsPositive)
        {
            outcomes.AddRefusal(recipients.Select(pair => pair.Recipient), replies[0], "the message");
            return [];
        }
        var (accepted, tooMany) = (new List<EnvelopeRecipient>(), new List<(EnvelopeRecipient, string)>());
        for (var i = 0; i < recipients.Length; i++)
        {
            var reply = replies[i + 1];
            if (reply.IsPositive)
                accepted.Add(recipients[i].Recipient);
            else if (accepted.Count > 0 && IsTooMany(reply))
                tooMany.Add(recipients[i]);
            else
                outcomes.AddRefusal([recipients[i].Recipient], reply, "the recipient");
        }
        if (accepted.Count == 0 || outcomes.Queue is not null)
            return [];
        var result = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (result.IsPositive)
            outcomes.AddSuccess(accepted, result);
        else
            outcomes.AddRefusal(accepted, result, "the message");
        return [.. tooMany];
    }

    // RFC 5321, 4.5.3.1.10: 452, and 552 that means it.
    private static bool IsTooMany(SmtpReply reply) =>
        (reply.Code == 452 && (reply.Enhanced is null || reply.Enhanced == new Mail.Outcomes.EnhancedStatusCode(4, 5, 3)))
        || (reply.Code == 552 && reply.Enhanced == new Mail.Outcomes.EnhancedStatusCode(5, 5, 3));

    private async ValueTask<SmtpReply[]> AskAsync(string[] commands, CancellationToken cancellationToken)
    {
        var replies = new SmtpReply[commands.Length];
        var ahead = features.Pipelining ? PipelineLength : 1;
        for (var first = 0; first < commands.Length; first += ahead)
        {
            var end = Math.Min(first + ahead, commands.Length);
            for (var i = first; i < end; i++)
                wire.Write(commands[i]);
            await wire.FlushAsync(cancellationToken).ConfigureAwait(false);
            for (var i = first; i < end; i++)
                replies[i] = Checked(await wire.ReadReplyAsync(cancellationToken).ConfigureAwait(false));
            // Nothing follows it, or nothing that helps.
            if (replies[first..end].FirstOrDefault(reply => reply.Code == 421) is { } farewell)
            {
                replies.AsSpan(end).Fill(farewell);
                return replies;
            }
            if (!replies[0].IsPositive)
                return replies;
        }
        return replies;
    }

    private async ValueTask<SmtpReply> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.IsChunk)
        {
            wire.Write(FormattableString.Invariant($"BDAT {message.Length} LAST"));
        }
        else
        {
            var go = await wire.AskAsync("DATA", cancellationToken).ConfigureAwait(false);
            if (go.Code != 354)
                return go.IsPositive ? throw DialogueException.Unexpected(go) : Checked(go);
        }
        Phase = TransactionPhase.Content;
        try
        {
            await WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (DialogueException)
        {
            // A server that does not want any more says why, at best, before it closes.
            if (await EarlyReplyAsync(cancellationToken).ConfigureAwait(false) is { } early)
                return early;
            throw;
        }
        Phase = TransactionPhase.Reply;
        var reply = Checked(await wire.ReadReplyAsync(cancellationToken, PatienceForContent).ConfigureAwait(false));
        // The transaction is over, and its reply was the last word about it (RFC 5321, 4.1.1.4).
        _mustReset = !reply.IsPositive;
        return reply;
    }

    private async ValueTask WriteAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var stuffing = new DotStuffing(message.HasBareLineEnds);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        var stream = message.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            for (var skip = message.Replaced; skip > 0;)
                skip -= await stream.ReadAsync(block.AsMemory(0, Math.Min(skip, block.Length)), cancellationToken).ConfigureAwait(false) is
                    > 0 and var skipped ? skipped : throw new EndOfStreamException();
            Add(message.Front.Span);
            while (await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                Add(block.AsSpan(0, read));
                if (wire.Output.WrittenCount >= BlockSize)
                    await wire.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        ArrayPool<byte>.Shared.Return(block);
        if (!message.IsChunk)
            stuffing.Complete(wire.Output);
        await wire.FlushAsync(cancellationToken).ConfigureAwait(false);

        void Add(ReadOnlySpan<byte> piece)
        {
            if (message.IsChunk)
                wire.Output.Write(piece);
            else
                stuffing.Write(piece, wire.Output);
        }
    }

    private async ValueTask<SmtpReply?> EarlyReplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reply = await wire.ReadReplyAsync(cancellationToken).ConfigureAwait(false);
            return reply.IsPositive ? null : Checked(reply);
        }
        catch (DialogueException)
        {
            return null;
        }
    }

    private static SmtpReply Checked(SmtpReply reply) =>
        reply.IsPositive || reply.IsTransient || reply.IsPermanent ? reply : throw DialogueException.Unexpected(reply);
}
