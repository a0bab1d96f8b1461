using System.Collections.Immutable;
using System.Net;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Mail;

/// <summary>
/// Who a message is from and who it goes to, apart from its header: MAIL FROM and RCPT TO of SMTP, the X-header block of a Drop or
/// Replay file (EN). Immutable; equality is by value, recipients included. Every envelope that can be built can be written to a file
/// and read back equal (EN-8): a value that could not, with CR, LF or NUL in it for example (EN-7), throws
/// <see cref="MailFormatException"/> where it enters.
/// </summary>
public sealed record MailEnvelope
{
    /// <summary>What an absent <c>X-CreatedBy</c> means (EN-6).</summary>
    public const string UnspecifiedCreator = "Unspecified";

    /// <summary>What an absent <c>X-Source</c> means (EN-6).</summary>
    public const string ReplaySource = "Replay";

    /// <summary>An envelope without parameters.</summary>
    /// <param name="sender">The SMTP address reports go to, without angle brackets; empty is the null sender <c>&lt;&gt;</c>.</param>
    /// <param name="recipients">The recipients, in order; at least one.</param>
    /// <exception cref="MailFormatException">The sender is not an address, or there is no recipient.</exception>
    public MailEnvelope(string sender, IEnumerable<EnvelopeRecipient> recipients)
        : this(sender, recipients, isSenderChecked: false)
    {
    }

    // An address that was read from octets was checked there.
    internal MailEnvelope(string sender, IEnumerable<EnvelopeRecipient> recipients, bool isSenderChecked)
    {
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(recipients);
        if (sender.Length > 0 && !isSenderChecked)
            SmtpAddressSyntax.Validate(sender);
        Sender = sender;
        Recipients = [.. recipients];
    }

    /// <summary>The SMTP address reports go to, without angle brackets; empty is the null sender.</summary>
    public string Sender { get; }

    /// <summary>The recipients, in order; at least one.</summary>
    /// <exception cref="MailFormatException">There is none (RP-2).</exception>
    public ImmutableArray<EnvelopeRecipient> Recipients { get; init => field = CheckRecipients(value); }

    /// <summary>RET of RFC 3461; default <see cref="DsnReturn.Unspecified"/>.</summary>
    public DsnReturn Return { get; init => field = Defined(value, "RET"); }

    /// <summary>ENVID of RFC 3461 with the xtext encoding taken off; null when absent.</summary>
    public string? EnvelopeId { get; init => field = value is null ? null : EnvelopeText.Writable(value, "the envelope identifier"); }

    /// <summary>BODY of RFC 6152; default <see cref="BodyType.Unspecified"/>.</summary>
    public BodyType Body { get; init => field = Defined(value, "BODY"); }

    /// <summary>AUTH of RFC 4954 as it stands, not decoded, for example <c>&lt;someAuth&gt;</c>; null when absent. No blanks and no
    /// <c>;</c>.</summary>
    public string? Auth { get; init => field = value is null ? null : CheckAuth(value); }

    /// <summary>Parameters of the sender that are kept but not interpreted (EN-4), those after a semicolon last; default none.</summary>
    /// <exception cref="MailFormatException">One of them is BODY, RET, ENVID or AUTH.</exception>
    public ImmutableArray<EnvelopeParameter> ExtensionParameters
    {
        get;
        init => field = EnvelopeParameter.CheckAll(value, EnvelopeKeywords.OfSender);
    } = [];

    /// <summary>The product that made the message (<c>X-CreatedBy</c>); default <see cref="UnspecifiedCreator"/>.</summary>
    public string CreatedBy { get; init => field = EnvelopeText.FieldValue(value, "X-CreatedBy"); } = UnspecifiedCreator;

    /// <summary>What the sending host called itself (<c>X-HeloDomain</c>); null when unknown.</summary>
    public string? HeloDomain { get; init => field = value is null ? null : EnvelopeText.FieldValue(value, "X-HeloDomain"); }

    /// <summary>Properties of the message in the form its creator chose (<c>X-ExtendedProps</c>), blanks of folds included; null when
    /// absent.</summary>
    public string? ExtendedProps { get; init => field = value is null ? null : EnvelopeText.FieldValue(value, "X-ExtendedProps"); }

    /// <summary>The same under the name that is documented for it (<c>X-ExtendedMessageProps</c>, EN-10); null when absent.</summary>
    public string? ExtendedMessageProps
    {
        get;
        init => field = value is null ? null : EnvelopeText.FieldValue(value, "X-ExtendedMessageProps");
    }

    /// <summary>How the message came in (<c>X-Source</c>); default <see cref="ReplaySource"/>.</summary>
    public string Source { get; init => field = EnvelopeText.FieldValue(value, "X-Source"); } = ReplaySource;

    /// <summary>Where the message came from (<c>X-SourceIPAddress</c>); default 0.0.0.0.</summary>
    public IPAddress SourceIPAddress { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = IPAddress.Any;

    /// <summary>True when the sender asked to hear of a recipient's success (ND-6), and can be told.</summary>
    internal bool WantsSuccess(EnvelopeRecipient recipient) => Sender.Length > 0 && recipient.Notify.HasFlag(DsnNotify.Success);

    /// <inheritdoc/>
    public bool Equals(MailEnvelope? other) =>
        other is not null && Sender == other.Sender && Return == other.Return && EnvelopeId == other.EnvelopeId && Body == other.Body
        && Auth == other.Auth && CreatedBy == other.CreatedBy && HeloDomain == other.HeloDomain && ExtendedProps == other.ExtendedProps
        && ExtendedMessageProps == other.ExtendedMessageProps && Source == other.Source && SourceIPAddress.Equals(other.SourceIPAddress)
        && ExtensionParameters.AsSpan().SequenceEqual(other.ExtensionParameters.AsSpan())
        && Recipients.AsSpan().SequenceEqual(other.Recipients.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sender, Recipients[0], Recipients.Length, EnvelopeId, CreatedBy, Source);

    private static ImmutableArray<EnvelopeRecipient> CheckRecipients(ImmutableArray<EnvelopeRecipient> recipients)
    {
        if (recipients.IsDefaultOrEmpty)
            throw new MailFormatException("RP-2", "an envelope must have at least one recipient");
        foreach (var recipient in recipients)
            ArgumentNullException.ThrowIfNull(recipient, nameof(recipients));
        return recipients;
    }

    private static string CheckAuth(string auth)
    {
        EnvelopeText.Writable(auth, "AUTH");
        return auth.AsSpan().IndexOfAny(' ', '\t', ';') is >= 0 and var bad
            ? throw new MailFormatException("EN-8", "AUTH must not contain blanks or ';'", bad)
            : auth;
    }

    private static T Defined<T>(T value, string keyword)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new MailFormatException("EN-1", $"{value} is not a value of {keyword}");
}

/// <summary>What octets the message may contain: the BODY parameter of RFC 6152 and RFC 3030.</summary>
public enum BodyType
{
    /// <summary>The parameter is absent. Treated as <see cref="EightBitMime"/>: octets pass, line ends become CRLF.</summary>
    Unspecified,

    /// <summary><c>7BIT</c></summary>
    SevenBit,

    /// <summary><c>8BITMIME</c></summary>
    EightBitMime,

    /// <summary><c>BINARYMIME</c>: not a single octet may change, a bare LF included (PU-12).</summary>
    BinaryMime,
}

/// <summary>How much of the message a report returns: the RET parameter of RFC 3461, section 4.3.</summary>
public enum DsnReturn
{
    /// <summary>The parameter is absent; the reporting system chooses.</summary>
    Unspecified,

    /// <summary>The whole message.</summary>
    Full,

    /// <summary>Its header only.</summary>
    Hdrs,
}
