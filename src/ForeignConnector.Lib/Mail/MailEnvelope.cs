using System.Collections.Immutable;
using System.Net;

namespace ForeignConnector.Lib.Mail;

/// <summary>Who a message is from and who it goes to, apart from its header: MAIL FROM and RCPT TO of SMTP, the X-header block of a Drop or Replay file (EN). Immutable.</summary>
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
    {
        ArgumentNullException.ThrowIfNull(sender);
        if (sender.Length > 0)
            SmtpAddressSyntax.Validate(sender);
        Sender = sender;
        Recipients = [.. recipients];
    }

    /// <summary>The SMTP address reports go to, without angle brackets; empty is the null sender.</summary>
    public string Sender { get; }

    /// <summary>The recipients, in order.</summary>
    public ImmutableArray<EnvelopeRecipient> Recipients { get; init; }

    /// <summary>The product that made the message (<c>X-CreatedBy</c>); default <see cref="UnspecifiedCreator"/>.</summary>
    public string CreatedBy { get; init; } = UnspecifiedCreator;

    /// <summary>How the message came in (<c>X-Source</c>); default <see cref="ReplaySource"/>.</summary>
    public string Source { get; init; } = ReplaySource;

    /// <summary>Where the message came from (<c>X-SourceIPAddress</c>); default 0.0.0.0.</summary>
    public IPAddress SourceIPAddress { get; init; } = IPAddress.Any;
}
