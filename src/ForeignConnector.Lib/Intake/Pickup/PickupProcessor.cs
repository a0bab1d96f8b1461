using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Pickup;

/// <summary>Takes one claimed Pickup file in.</summary>
internal sealed class PickupProcessor(PickupOptions options, IntakeIdentity identity, SubmissionIdSource ids, IMailIntake intake) : IClaimProcessor
{
    public const string SourceName = "Pickup";

    private readonly PickupParser _parser = new(options.MaxRecipientsPerMessage, options.EnvelopeHeaders);

    public string Source => SourceName;

    public async ValueTask<IntakeResult> ProcessAsync(FileClaim claim, CancellationToken cancellationToken)
    {
        var id = ids.Next(claim.File.Identity);
        using var stream = new LockedFileStream(claim.File, 0);
        using var header = await HeaderBuffer.ReadAsync(stream, options.MaxHeaderSize.Octets, skipPreamble: true, cancellationToken).ConfigureAwait(false);
        if (header.IsTooLarge)
            return IntakeResult.Bad("PU-3", $"the header is larger than PickupDirectoryMaxHeaderSize ({options.MaxHeaderSize})");
        ParsedMessage message;
        try
        {
            message = _parser.Parse(header.Octets[..header.End], header.Start, header.BlankLine, new IntakeStamp(identity, id));
        }
        catch (MailFormatException e)
        {
            return IntakeResult.Bad(e);
        }
        return await ClaimHandOver.RunAsync(claim, id, message, header.BodyOffset, options.DotStuffed, intake, cancellationToken).ConfigureAwait(false);
    }
}
