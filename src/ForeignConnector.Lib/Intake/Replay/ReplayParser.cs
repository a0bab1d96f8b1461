using System.Text;
using ForeignConnector.Lib.Intake.Parsing;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;

namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>Makes a message of a file that carries its envelope (RP-2, RP-3, RP-6). Pure: header octets in, envelope and new header
/// out.</summary>
/// <param name="trustedCreators">X-CreatedBy values whose organization fields pass (HF-3); compared without case.</param>
internal sealed class ReplayParser(IReadOnlyCollection<string> trustedCreators)
{
    /// <inheritdoc cref="Pickup.PickupParser.Parse"/>
    public ParsedMessage Parse(ReadOnlySpan<byte> octets, int start, ReadOnlySpan<byte> blankLine, IntakeStamp stamp)
    {
        var block = EnvelopeBlockReader.ReadReplay(octets, start, stamp.DefaultDomain);
        var envelope = SeenAddresses.EachOnce(block.ToEnvelope());
        var facts = HeaderFacts.Read(octets, start, stamp.ServerName);
        var output = new PooledBuffer(octets.Length + 512);
        var lineEnds = new LineEnds(normalize: envelope.Body != BodyType.BinaryMime);
        var firewall = trustedCreators.Contains(envelope.CreatedBy, StringComparer.OrdinalIgnoreCase) ? HeaderFirewall.TrustedReplay : HeaderFirewall.Replay;
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
