using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>Takes one claimed Pickup file in.</summary>
internal sealed class PickupProcessor(PickupOptions options, IntakeContext context) : IClaimProcessor
{
    public const string SourceName = "Pickup";

    private readonly PickupParser _parser = new(options.MaxRecipientsPerMessage, options.EnvelopeHeaders);
    private readonly ClaimHandOver _handOver = new(context, TrackingSource.Pickup, options.DotStuffed);

    public TrackingSource Source => TrackingSource.Pickup;

    public async ValueTask<IntakeResult> ProcessAsync(IntakeWork work, CancellationToken cancellationToken)
    {
        using var stream = new LockedFileStream(work.Claim.File, 0);
        using var header = await HeaderBuffer.ReadAsync(stream, options.MaxHeaderSize.Octets, skipPreamble: true, cancellationToken).ConfigureAwait(false);
        ParsedMessage message;
        try
        {
            if (header.IsTooLarge)
                throw TooLarge();
            message = _parser.Parse(header.Octets[..header.End], header.Start, header.BlankLine, new IntakeStamp(context.Identity, work.Id));
        }
        catch (MailFormatException e)
        {
            return await _handOver.RefuseAsync(work, TryReadSender(header), e, cancellationToken).ConfigureAwait(false);
        }
        return await _handOver.AcceptAsync(work, message, header.BodyOffset, cancellationToken).ConfigureAwait(false);
    }

    private MailFormatException TooLarge() =>
        new("PU-3", $"the header is larger than PickupDirectoryMaxHeaderSize ({options.MaxHeaderSize})") { Status = DeliveryStatus.HeaderTooBig };

    private InjectedSender? TryReadSender(HeaderBuffer header)
    {
        var octets = header.Octets[..header.End];
        return _parser.TryReadSender(header.IsTooLarge ? HeaderFacts.WithoutLast(octets, header.Start) : octets, header.Start);
    }
}
