using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>What a parser makes of a file's header: the envelope, and the header as it is passed on.</summary>
/// <param name="Envelope">Who it is from and goes to.</param>
/// <param name="Header">The new header, its blank line included; a small body may follow in the same buffer.</param>
internal sealed record ParsedMessage(MailEnvelope Envelope, PooledBuffer Header) : IDisposable
{
    /// <summary>What is known of the message that header and body make, once its lines end in CRLF (HF-4).</summary>
    public Cleanness Cleanness { get; init; } = Cleanness.Lines;

    /// <summary>Counts the Received fields, where they count: a message from Pickup begins its way.</summary>
    public HeaderFacts Facts { get; init; }

    /// <summary>Recipients whose addresses cannot be read (PU-5): the sender is told once the others have the message.</summary>
    public ImmutableArray<RecipientOutcome> Unreadable { get; init; } = [];

    /// <summary>
    /// Hints of the envelope that could not be kept (EN-11): names of fields and parameters, each with its place in the header.
    /// </summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; init; } = ImmutableDictionary<string, int>.Empty;

    public void Dispose() => Header.Dispose();
}
