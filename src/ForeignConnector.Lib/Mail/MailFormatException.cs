using System.Collections.Immutable;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Text or a file that breaks a rule of mail: an address, an address space, an envelope line, a message header.
/// Trying again cannot help; the input itself has to change. Everything else that goes wrong (disk, permissions) is an
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> and is worth another try.
/// </summary>
public sealed class MailFormatException : FormatException
{
    /// <summary>Describes one broken rule.</summary>
    /// <param name="rule">The id of the rule, for example <c>AS-5</c> or <c>PU-5</c>.</param>
    /// <param name="reason">
    /// What is wrong and what to do, as one sentence without a full stop. Must not quote message content beyond the offending token.
    /// </param>
    /// <param name="position">
    /// Zero-based offset of the error in the text or, for files, in the file; null when there is no single place.
    /// </param>
    public MailFormatException(string rule, string reason, long? position = null)
        : base(position is null ? $"{reason} ({rule})" : $"{reason}, at offset {position} ({rule})")
    {
        Rule = rule;
        Reason = reason;
        Position = position;
    }

    /// <summary>The id of the broken rule, for example <c>AS-5</c>.</summary>
    public string Rule { get; }

    /// <summary>What is wrong, without rule and position.</summary>
    public string Reason { get; }

    /// <summary>Zero-based offset of the error; null when there is no single place.</summary>
    public long? Position { get; }

    /// <summary>The file that breaks the rule; null for text that is in no file, and for octets without a name.</summary>
    public string? FileName { get; init; }

    /// <summary>What is wrong and where: the file where it is known, then the reason, the offset and the rule.</summary>
    public override string Message => FileName is null ? base.Message : $"{FileName}: {base.Message}";

    // The cause as its sender is told (ND-1); null where that is DeliveryStatus.InvalidContent.
    internal DeliveryStatus? Status { get; init; }

    // The recipients of the message, each with its own problem; empty when one problem concerns all of them, or they are not known.
    internal ImmutableArray<RecipientOutcome> Outcomes { get; init; } = [];

    // The address that Reason quotes, which does not belong in a log; null when it quotes none.
    internal string? Quoted { get; init; }
}
