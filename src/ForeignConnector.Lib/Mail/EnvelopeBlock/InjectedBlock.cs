using System.Collections.Immutable;
using System.Net;

namespace ForeignConnector.Lib.Mail.EnvelopeBlock;

/// <summary>
/// What the injected fields at the front of a header say, and where they stand. Made by <see cref="EnvelopeBlockReader"/>.
/// </summary>
internal sealed class InjectedBlock
{
    private readonly List<EnvelopeRecipient> _recipients = [];
    private readonly List<(int Start, int End)> _removed = [];

    /// <summary>
    /// The fields that are not part of the message (RP-3), as offsets in the octets that were read; sorted, none overlaps.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Removed => _removed;

    /// <summary>
    /// First octet after the last removed field. When nothing else stood among them, the message's own header begins here.
    /// </summary>
    public int End => _removed[^1].End;

    public InjectedSender? Sender { get; set; }

    public string? CreatedBy { get; set; }

    public string? HeloDomain { get; set; }

    public string? ExtendedProps { get; set; }

    public string? ExtendedMessageProps { get; set; }

    public string? Source { get; set; }

    public IPAddress? SourceIPAddress { get; set; }

    public bool HasSender => Sender is not null;

    public bool HasRecipients => _recipients.Count > 0;

    /// <summary>
    /// Hints that broke their syntax and could not be kept (EN-11): names of fields and parameters, each with the first place where it
    /// stands.
    /// </summary>
    public SortedDictionary<string, int> LeftOut { get; } = new(StringComparer.Ordinal);

    public void Add(EnvelopeRecipient recipient) => _recipients.Add(recipient);

    public void Remove(int start, int end) => _removed.Add((start, end));

    /// <summary>True when the field that begins at an offset is not part of the message.</summary>
    public bool Removes(int start) =>
        _removed.BinarySearch((start, 0), Comparer<(int Start, int End)>.Create((a, b) => a.Start.CompareTo(b.Start))) >= 0;

    /// <summary>The envelope, when the block has both sender and recipients; a Replay block always has (RP-2).</summary>
    /// <exception cref="MailFormatException">It lacks the sender or every recipient.</exception>
    public MailEnvelope ToEnvelope() => ToEnvelope(Sender ?? throw new MailFormatException("RP-2", "there is no X-Sender field"));

    /// <summary>The envelope of the block's recipients, from the block's sender or, where it has none, from another (PU-11).</summary>
    /// <exception cref="MailFormatException">It lacks every recipient, or the sender is not valid.</exception>
    public MailEnvelope ToEnvelope(InjectedSender sender) => new(sender.Address, _recipients, isSenderChecked: true)
    {
        Body = sender.Body,
        Return = sender.Return,
        EnvelopeId = sender.EnvelopeId,
        Auth = sender.Auth,
        ExtensionParameters = sender.Parameters,
        CreatedBy = CreatedBy ?? MailEnvelope.UnspecifiedCreator,
        HeloDomain = HeloDomain,
        ExtendedProps = ExtendedProps,
        ExtendedMessageProps = ExtendedMessageProps,
        Source = Source ?? MailEnvelope.ReplaySource,
        SourceIPAddress = SourceIPAddress ?? IPAddress.Any,
    };
}

/// <summary>What an <c>X-Sender</c> field says.</summary>
internal sealed record InjectedSender(string Address)
{
    public BodyType Body { get; init; }

    public DsnReturn Return { get; init; }

    public string? EnvelopeId { get; init; }

    public string? Auth { get; init; }

    public ImmutableArray<EnvelopeParameter> Parameters { get; init; } = [];
}
