using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Intake;

/// <summary>Who we are, for the fields that intake adds.</summary>
/// <param name="ServerName">This server, as others call it: the <c>by</c> of <c>Received</c>.</param>
/// <param name="DefaultDomain">The right side of a generated Message-ID.</param>
/// <param name="Product">Our name: the <c>with</c> of <c>Received</c>, and <c>X-CreatedBy</c> of messages from Pickup. One word.</param>
/// <param name="Version">Our version: the <c>id</c> of <c>Received</c>.</param>
public sealed record IntakeIdentity(string ServerName, string DefaultDomain, string Product, string Version)
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:[]");

    /// <summary>The Received field of a message from Pickup.</summary>
    internal string ReceivedByPickup(SubmissionId id) =>
        $"Received: from Pickup by {ServerName} with {Product} id {Version}; {AcceptedAt(id)}\r\n";

    /// <summary>The Received field of a message from Replay (RP-3).</summary>
    /// <param name="id">The submission.</param>
    /// <param name="server">Where the file comes from, as its X-HeloDomain says. Text that cannot be the name of a host gives way to the
    /// name of this server.</param>
    internal string ReceivedByReplay(SubmissionId id, string? server) =>
        $"Received: from {(IsHost(server) ? server : ServerName)} by Replay with {Product} on {ServerName} "
        + $"id {Version}; {AcceptedAt(id)}\r\n";

    /// <summary>The Received field of a message that came by a protocol.</summary>
    /// <param name="id">The submission.</param>
    /// <param name="client">What the client called itself; text that cannot be the name of a host becomes <c>unknown</c>.</param>
    /// <param name="address">Its address.</param>
    /// <param name="protocol">The protocol (RFC 3848).</param>
    internal string ReceivedByProtocol(SubmissionId id, string? client, IPAddress address, string protocol)
    {
        var literal = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPv6:{address}" : address.ToString();
        return $"Received: from {(IsHost(client) ? client : "unknown")} ([{literal}])\r\n"
            + $"\tby {ServerName} with {protocol} id {id.Key:x32};\r\n\t{AcceptedAt(id)}\r\n";
    }

    /// <summary>A Message-ID field (PU-9); the same on every attempt, because the key of the submission is (PU-4).</summary>
    internal string MessageIdField(SubmissionId id) => $"Message-ID: {id.ToMessageId(DefaultDomain)}\r\n";

    /// <summary>A Date field (PU-9).</summary>
    internal static string DateField(SubmissionId id) => $"Date: {AcceptedAt(id)}\r\n";

    // RFC 5322, section 3.3; the zone of "R" is obsolete there.
    private static string AcceptedAt(SubmissionId id) =>
        string.Concat(id.AcceptedAt.UtcDateTime.ToString("R").AsSpan()[..^"GMT".Length], "+0000");

    // A domain, or an address literal.
    private static bool IsHost(string? name) =>
        name is { Length: > 0 and <= DomainLabels.MaxLength } && !name.AsSpan().ContainsAnyExcept(HostCharacters);
}
