using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake;

/// <summary>What a parser makes of a file's header: the envelope, and the header as it is passed on.</summary>
/// <param name="Envelope">Who it is from and goes to.</param>
/// <param name="Header">The new header, its blank line included.</param>
/// <param name="Hops">How many Received fields the file came with, where they count: a message from Pickup begins its way.</param>
internal sealed record ParsedMessage(MailEnvelope Envelope, ReadOnlyMemory<byte> Header, int Hops = 0);
