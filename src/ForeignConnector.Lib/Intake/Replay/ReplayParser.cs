using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>
/// Reads files that carry their envelope as the Replay directory does (RP-2, RP-3, RP-6): for programs that want to know what becomes of a
/// file before they put it there, or why one was refused. Pure: octets in, results out. Thread-safe.
/// </summary>
public sealed class ReplayParser : IHeaderParser
{
    private readonly string[] _trustedCreators;
    private readonly bool _dotStuffed;

    /// <summary>A parser with the options of a Replay directory.</summary>
    /// <param name="options">
    /// Read now; by default those of <see cref="ReplayOptions"/>. None of them decides whether a file is valid.
    /// </param>
    public ReplayParser(ReplayOptions? options = null)
    {
        _trustedCreators = options is null ? [] : [.. options.TrustedCreators];
        _dotStuffed = options is { DotStuffed: true };
    }

    /// <summary>Where <c>&lt;postmaster&gt;</c> without a domain is (EN-11).</summary>
    /// <value>Default null: such an address is an error.</value>
    public string? DefaultDomain { get; init; }

    /// <summary>Reads a file; what breaks a rule is in the result, and nothing is thrown for it. The body is not looked at.</summary>
    /// <param name="octets">The file, or as much of it as holds the header and its blank line.</param>
    public ParsedFile Parse(ReadOnlySpan<byte> octets)
    {
        var found = new FileFindings(octets);
        var header = octets[..found.End];
        var start = found.Start;
        InjectedBlock? block = null;
        MailEnvelope? envelope = null;
        try
        {
            block = EnvelopeBlockReader.ReadReplay(header, start, DefaultDomain);
            envelope = SeenAddresses.EachOnce(block.ToEnvelope());
        }
        catch (MailFormatException e)
        {
            found.Fail(e);
        }
        var facts = HeaderFacts.Read(header, start, serverName: null);
        if (facts.IsLoop)
            found.Fail(new MailFormatException("ND-7", $"{facts.Received} Received fields: the message goes in circles", start));
        WarnOfLines(found, header, block?.End ?? start);
        found.WarnOf(facts, block);
        return found.Complete(envelope, block, TryReadSender(header, start, DefaultDomain)?.Address);
    }

    private static void WarnOfLines(FileFindings found, ReadOnlySpan<byte> header, int start)
    {
        var scanner = new HeaderScanner(header, start);
        while (scanner.TryRead(out var field))
        {
            if (!field.IsField && !field.IsByteOrderMark(header))
                found.Warn("RP-6", "this line is not a header field; it stays where it is", field.Start);
        }
    }

    TrackingSource IHeaderParser.Source => TrackingSource.Replay;

    bool IHeaderParser.DotStuffed => _dotStuffed;

    long IHeaderParser.MaxHeaderSize => HeaderBuffer.Ceiling;

    MailFormatException IHeaderParser.TooLarge() =>
        new("RP-2", $"no blank line within {HeaderBuffer.Ceiling >> 20} MB") { Status = DeliveryStatus.HeaderTooBig };

    ParsedMessage IHeaderParser.Parse(
        ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeIdentity identity, SubmissionId id)
    {
        var block = EnvelopeBlockReader.ReadReplay(octets, start, identity.DefaultDomain);
        var envelope = SeenAddresses.EachOnce(block.ToEnvelope());
        var facts = HeaderFacts.Read(octets, start, identity.ServerName);
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: envelope.Body != BodyType.BinaryMime);
        var isTrusted = _trustedCreators.Contains(envelope.CreatedBy, StringComparer.OrdinalIgnoreCase);
        var firewall = isTrusted ? HeaderFirewall.TrustedReplay : HeaderFirewall.Replay;
        Encoding.UTF8.GetBytes(identity.ReceivedByReplay(id, envelope.HeloDomain) + facts.Additions(identity, id), output);
        firewall.CopyHeader(octets, start, new ReplayFieldFilter(block, facts), ref lineEnds, output);
        lineEnds.Write(blankLine, output);
        return new ParsedMessage(envelope, output) { Facts = facts, LeftOut = block.LeftOut };
    }

    InjectedSender? IHeaderParser.TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain) =>
        TryReadSender(octets, start, defaultDomain);

    ImmutableArray<EnvelopeRecipient> IHeaderParser.RecipientsOrNone(
        ReadOnlySpan<byte> octets, int start, string? defaultDomain, MailFormatException problem) =>
        new EnvelopeBlockReader(InjectedForm.Transport, defaultDomain).RecipientsOrNone(octets, start);

    private static InjectedSender? TryReadSender(ReadOnlySpan<byte> octets, int start, string? defaultDomain)
    {
        _ = new EnvelopeBlockReader(InjectedForm.Transport, defaultDomain).TryReadSender(octets, start, out var sender);
        return sender;
    }

    /// <summary>The injected fields leave; what is missing or malformed is replaced.</summary>
    private readonly struct ReplayFieldFilter(InjectedBlock block, HeaderFacts facts) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => facts.Replaces(octets, field) || block.Removes(field.Start);
    }
}
