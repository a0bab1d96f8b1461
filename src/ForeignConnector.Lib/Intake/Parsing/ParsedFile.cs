using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Intake.Parsing;

/// <summary>
/// What the Pickup or the Replay parser makes of a file: the envelope, the places where its parts begin, and everything that was noticed.
/// Immutable.
/// </summary>
public sealed class ParsedFile
{
    internal ParsedFile()
    {
    }

    /// <summary>Who the message is from and goes to, each recipient once; null when the file is refused.</summary>
    public MailEnvelope? Envelope { get; internal init; }

    /// <summary>True when the directory would take the file. Unreadable recipients beside readable ones are warnings (PU-5).</summary>
    public bool IsValid => Envelope is not null;

    /// <summary>
    /// Who would be told of a refusal (ND-1): the envelope sender as far as it can be read, empty for <c>&lt;&gt;</c>; null when nobody
    /// could be.
    /// </summary>
    public string? Sender { get; internal init; }

    /// <summary>Offset of the first header field: behind a byte-order mark, an mbox line and the like (PU-12).</summary>
    public int HeaderOffset { get; internal init; }

    /// <summary>
    /// Offset of the message itself: behind the X-headers of the envelope (RP-2, PU-11); <see cref="HeaderOffset"/> when there are none.
    /// </summary>
    public int MessageOffset { get; internal init; }

    /// <summary>Offset of the body: behind the blank line; the length of the file when it ends with its header.</summary>
    public int BodyOffset { get; internal init; }

    /// <summary>Where the X-headers of the envelope stand, in order; none of them is passed on (RP-3, PU-11). Default empty.</summary>
    public ImmutableArray<Range> EnvelopeFields { get; internal init; } = [];

    /// <summary>Why the file is refused; empty when it is valid. Errors that hide others come alone: mend them and parse again.</summary>
    public ImmutableArray<ParseFinding> Errors { get; internal init; } = [];

    /// <summary>What is left out, made up or passed over, in the order of the file.</summary>
    public ImmutableArray<ParseFinding> Warnings { get; internal init; } = [];
}

/// <summary>One thing that a parser found in a file.</summary>
public sealed class ParseFinding
{
    internal ParseFinding(string rule, string reason, long position)
    {
        Rule = rule;
        Reason = reason;
        Position = position;
    }

    /// <summary>The id of the rule, for example <c>PU-5</c>.</summary>
    public string Rule { get; }

    /// <summary>
    /// What is wrong, as one sentence without a full stop. It may quote an address: it is for people, not for logs (TR-3).
    /// </summary>
    public string Reason { get; }

    /// <summary>Zero-based offset in the file; that of the header where there is no single place.</summary>
    public long Position { get; }

    /// <summary>Reason, offset and rule, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Reason}, at offset {Position} ({Rule})");
}
