using System.Collections.Immutable;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>
/// What Pickup and Replay make of the header of a claimed file; in everything else they are alike. Pure; calls overlap. A header is given
/// as its octets, up to the end of its last field, and the place of the first field.
/// </summary>
internal interface IHeaderParser
{
    /// <summary><see cref="TrackingSource.Pickup"/> or <see cref="TrackingSource.Replay"/>.</summary>
    TrackingSource Source { get; }

    /// <summary>The lines of bodies carry the dot stuffing of SMTP (PU-12).</summary>
    bool DotStuffed { get; }

    /// <summary>The most octets of header that are read.</summary>
    long MaxHeaderSize { get; }

    /// <summary>What is wrong with a header that is larger than that.</summary>
    MailFormatException TooLarge();

    /// <summary>Makes the envelope and the header that is passed on.</summary>
    /// <param name="octets">The header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="blankLine">What ends the header.</param>
    /// <param name="identity">Who we are, for the fields that are added in front.</param>
    /// <param name="id">The submission.</param>
    /// <exception cref="MailFormatException">The file is not valid.</exception>
    ParsedMessage Parse(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeIdentity identity, SubmissionId id);

    /// <summary>The sender of a file that breaks a rule elsewhere (ND-1); null when nobody can be told.</summary>
    /// <param name="octets">As much of the header as can be read, in whole fields.</param>
    /// <param name="start">The first field.</param>
    /// <param name="defaultDomain">The domain of a postmaster without a domain (EN-11).</param>
    InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain);

    /// <summary>The recipients of a file that breaks a rule elsewhere (ND-2): all of them, or none when one cannot be read.</summary>
    /// <param name="octets">The header.</param>
    /// <param name="start">The first field.</param>
    /// <param name="defaultDomain">The domain of a postmaster without a domain (EN-11).</param>
    /// <param name="problem">What is wrong with the file.</param>
    ImmutableArray<EnvelopeRecipient> RecipientsOrNone(
        ReadOnlySpan<byte> octets, int start, string? defaultDomain, MailFormatException problem);
}
