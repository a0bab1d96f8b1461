using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>
/// Reads files that carry their envelope as the Replay directory does (RP-2, RP-3, RP-6): for programs that want to know what becomes of a
/// file before they put it there, or why one was refused. Pure: octets in, results out. Thread-safe.
/// </summary>
public sealed class ReplayParser
{
    private readonly string[] _trustedCreators;

    /// <summary>A parser with the options of a Replay directory.</summary>
    /// <param name="options">
    /// Read now; by default those of <see cref="ReplayOptions"/>. None of them decides whether a file is valid.
    /// </param>
    public ReplayParser(ReplayOptions? options = null)
        : this(options is null ? [] : [.. options.TrustedCreators])
    {
    }

    internal ReplayParser(IEnumerable<string> trustedCreators) => _trustedCreators = [.. trustedCreators];

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
        if (facts.Hops.IsLoop)
            found.Fail(new MailFormatException("ND-7", $"{facts.Hops.All} Received fields: the message goes in circles", start));
        WarnOfLines(found, header, block?.End ?? start);
        found.WarnOf(facts, block);
        _ = new EnvelopeBlockReader(InjectedForm.Transport, DefaultDomain).TryReadSender(header, start, out var sender);
        return found.Complete(envelope, block, sender?.Address);
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

    /// <inheritdoc cref="Pickup.PickupParser.Parse(ReadOnlySpan{byte}, int, ReadOnlySpan{byte}, IntakeStamp)"/>
    internal ParsedMessage Parse(ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp)
    {
        var block = EnvelopeBlockReader.ReadReplay(octets, start, stamp.DefaultDomain);
        var envelope = SeenAddresses.EachOnce(block.ToEnvelope());
        var facts = HeaderFacts.Read(octets, start, stamp.ServerName);
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: envelope.Body != BodyType.BinaryMime);
        var isTrusted = _trustedCreators.Contains(envelope.CreatedBy, StringComparer.OrdinalIgnoreCase);
        var firewall = isTrusted ? HeaderFirewall.TrustedReplay : HeaderFirewall.Replay;
        Encoding.UTF8.GetBytes(stamp.ReceivedByReplay(envelope.HeloDomain) + facts.Additions(stamp), output);
        HeaderEdit.Copy(octets, start, firewall, new ReplayFieldFilter(block, facts), ref lineEnds, output);
        lineEnds.Write(blankLine, output);
        return new ParsedMessage(envelope, output) { Hops = facts.Hops, LeftOut = block.LeftOut };
    }

    /// <summary>The injected fields leave; what is missing or malformed is replaced.</summary>
    private readonly struct ReplayFieldFilter(InjectedBlock block, HeaderFacts facts) : IFieldFilter
    {
        public bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field) => facts.Replaces(octets, field) || block.Removes(field.Start);
    }
}
