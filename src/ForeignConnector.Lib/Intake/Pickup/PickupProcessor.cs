using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>Takes one claimed Pickup file in.</summary>
internal sealed class PickupProcessor(PickupOptions options, IntakeContext context) : IClaimProcessor
{
    public const string SourceName = "Pickup";

    private readonly PickupParser _parser = new(options);
    private readonly ClaimHandOver _handOver = new(context, TrackingSource.Pickup, options.DotStuffed);

    public TrackingSource Source => TrackingSource.Pickup;

    public async ValueTask<IntakeResult> ProcessAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using var read = await ClaimedHeader.ReadAsync(work.Claim.File,
            options.MaxHeaderSize.Octets, context.LargeHeader, cancellationToken).ConfigureAwait(false);
        var header = read.Octets;
        ParsedMessage message;
        try
        {
            read.RefuseUtf16();
            if (header.IsTooLarge)
                throw TooLarge();
            message = _parser.Parse(
                header.Octets[..header.End], header.Start, header.BlankLine, new IntakeStamp(context.Identity, work.Id));
        }
        catch (MailFormatException e)
        {
            return await _handOver.RefuseAsync(work, TryReadSender(header), Recipients(header, e), e, cancellationToken)
                .ConfigureAwait(false);
        }
        using (message)
            return await _handOver.AcceptAsync(work, message, read, cancellationToken).ConfigureAwait(false);
    }

    private MailFormatException TooLarge()
    {
        var limit = options.MaxHeaderSize.Octets <= HeaderBuffer.Ceiling
            ? $"PickupDirectoryMaxHeaderSize ({options.MaxHeaderSize})"
            : $"{HeaderBuffer.Ceiling >> 20} MB, the most that is read";
        return new("PU-3", $"the header is larger than {limit}") { Status = DeliveryStatus.HeaderTooBig };
    }

    // Those of the fields are the sender's to know: Bcc may be among them. Where those of the block are scattered, all are meant.
    private ImmutableArray<EnvelopeRecipient> Recipients(HeaderBuffer header, MailFormatException e)
    {
        var octets = header.Octets[..header.End];
        var hasReceivers = e.Rule == "PU-11" || EnvelopeBlockReader.StartsWithEnvelope(octets, header.Start);
        return header.IsTooLarge || options.EnvelopeHeaders != PickupEnvelopeHeaders.Honor || !hasReceivers
            ? []
            : new EnvelopeBlockReader(InjectedForm.Application, context.Identity.DefaultDomain).RecipientsOrNone(octets, header.Start);
    }

    private InjectedSender? TryReadSender(HeaderBuffer header)
    {
        var octets = header.Octets[..header.End];
        return _parser.TryReadSender(
            header.IsTooLarge ? HeaderFacts.WithoutLast(octets, header.Start) : octets, header.Start, context.Identity.DefaultDomain);
    }
}
