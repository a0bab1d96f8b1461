using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>Takes one claimed Replay file in.</summary>
internal sealed class ReplayProcessor(ReplayOptions options, IntakeContext context) : IClaimProcessor
{
    private readonly ReplayParser _parser = new(options);
    private readonly ClaimHandOver _handOver = new(context, TrackingSource.Replay, options.DotStuffed);

    public TrackingSource Source => TrackingSource.Replay;

    public async ValueTask<IntakeResult> ProcessAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using var read = await ClaimedHeader.ReadAsync(work.Claim.File, HeaderBuffer.Ceiling, context.LargeHeader, cancellationToken)
            .ConfigureAwait(false);
        var header = read.Octets;
        ParsedMessage message;
        try
        {
            read.RefuseUtf16();
            if (header.IsTooLarge)
                throw new MailFormatException(
                    "RP-2", $"no blank line within {HeaderBuffer.Ceiling >> 20} MB")
                { Status = DeliveryStatus.HeaderTooBig };
            message = _parser.Parse(
                header.Octets[..header.End], header.Start, header.BlankLine, new IntakeStamp(context.Identity, work.Id));
        }
        catch (MailFormatException e)
        {
            return await _handOver.RefuseAsync(work, TryReadSender(header), Recipients(header), e, cancellationToken).ConfigureAwait(false);
        }
        using (message)
            return await _handOver.AcceptAsync(work, message, read, cancellationToken).ConfigureAwait(false);
    }

    private InjectedSender? TryReadSender(HeaderBuffer header)
    {
        var octets = header.Octets[..header.End];
        return Reader().TryReadSender(header.IsTooLarge
            ? HeaderFacts.WithoutLast(octets, header.Start)
            : octets, header.Start, out var sender) ? sender : null;
    }

    // Nobody knows who else stands in what was not read.
    private ImmutableArray<EnvelopeRecipient> Recipients(HeaderBuffer header) =>
        header.IsTooLarge ? [] : Reader().RecipientsOrNone(header.Octets[..header.End], header.Start);

    private EnvelopeBlockReader Reader() => new(InjectedForm.Transport, context.Identity.DefaultDomain);
}
