using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>Takes one claimed Replay file in.</summary>
internal sealed class ReplayProcessor(ReplayOptions options, IntakeIdentity identity, SubmissionIdSource ids, IMailIntake intake) : IClaimProcessor
{
    private readonly ReplayParser _parser = new([.. options.TrustedCreators]);

    public string Source => "Replay";

    public async ValueTask<IntakeResult> ProcessAsync(FileClaim claim, CancellationToken cancellationToken)
    {
        var id = ids.Next(claim.File.Identity);
        using var stream = new LockedFileStream(claim.File, 0);
        using var header = await HeaderBuffer.ReadAsync(stream, HeaderBuffer.Ceiling, skipPreamble: true, cancellationToken).ConfigureAwait(false);
        if (header.IsTooLarge)
            return IntakeResult.Bad("RP-2", $"no blank line within {HeaderBuffer.Ceiling >> 20} MB");
        ParsedMessage message;
        try
        {
            message = _parser.Parse(header.Octets[..header.End], header.Start, header.BlankLine, new IntakeStamp(identity, id));
            if (!header.HasBlankLine)
                throw new MailFormatException("RP-2", "a blank line must follow the header", header.End);
        }
        catch (MailFormatException e)
        {
            return IntakeResult.Bad(e);
        }
        return await ClaimHandOver.RunAsync(claim, id, message, header.BodyOffset, options.DotStuffed, intake, cancellationToken).ConfigureAwait(false);
    }
}
