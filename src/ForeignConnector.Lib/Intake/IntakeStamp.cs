using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Intake;

/// <summary>The fields that intake adds in front of one message (PU-9, RP-3).</summary>
internal sealed class IntakeStamp(IntakeIdentity identity, SubmissionId id)
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:[]");

    /// <summary>The Received field of a message from Pickup.</summary>
    public string ReceivedByPickup() => $"Received: from Pickup by {ServerName} with {Product} id {identity.Version}; {AcceptedAt}\r\n";

    /// <summary>The Received field of a message from Replay (RP-3).</summary>
    /// <param name="server">Where the file comes from, as its X-HeloDomain says. Text that cannot be the name of a host gives way to the
    /// name of this server.</param>
    public string ReceivedByReplay(string? server) =>
        $"Received: from {(IsHost(server) ? server : ServerName)} by Replay with {Product} on {ServerName} "
        + $"id {identity.Version}; {AcceptedAt}\r\n";

    /// <summary>The Received field of a message that came by a protocol.</summary>
    /// <param name="client">What the client called itself; text that cannot be the name of a host becomes <c>unknown</c>.</param>
    /// <param name="address">Its address.</param>
    /// <param name="protocol">The protocol (RFC 3848).</param>
    public string ReceivedByProtocol(string? client, IPAddress address, string protocol)
    {
        var literal = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPv6:{address}" : address.ToString();
        return $"Received: from {(IsHost(client) ? client : "unknown")} ([{literal}])\r\n\tby {ServerName} with {protocol} id {id.Key:x32};\r\n"
            + $"\t{AcceptedAt}\r\n";
    }

    /// <summary>The same on every attempt, because the key of the submission is (PU-4).</summary>
    public string MessageId() => $"Message-ID: {id.ToMessageId(identity.DefaultDomain)}\r\n";

    public string Date() => $"Date: {AcceptedAt}\r\n";

    public string ServerName => identity.ServerName;

    public string Product => identity.Product;

    public string DefaultDomain => identity.DefaultDomain;

    // RFC 5322, section 3.3; the zone of "R" is obsolete there.
    private string AcceptedAt => string.Concat(id.AcceptedAt.UtcDateTime.ToString("R").AsSpan()[..^"GMT".Length], "+0000");

    /// <summary>True for the value of a field that says nothing.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>True for a Message-ID that is none (PU-9): <c>&lt;&gt;</c> says nothing.</summary>
    public static bool IsEmptyId(ReadOnlySpan<byte> value)
    {
        var id = value.Trim(" \t\r\n"u8);
        return id.IsEmpty || (id is [(byte)'<', .., (byte)'>'] && IsEmpty(id[1..^1]));
    }

    // A domain, or an address literal.
    private static bool IsHost(string? name) =>
        name is { Length: > 0 and <= DomainLabels.MaxLength } && !name.AsSpan().ContainsAnyExcept(HostCharacters);
}
