using System.Buffers;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>The keys of the section <c>Transport</c> that say who the server is, and where its directories are.</summary>
internal static class TransportKeys
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(";()<>@,");

    /// <summary>Names, addresses and directories.</summary>
    public static ConfigurationTable<TransportOptions> AddServer(this ConfigurationTable<TransportOptions> table) => table
        .Text(nameof(TransportOptions.BaseDirectory), o => o.BaseDirectory, (o, value) => o.BaseDirectory = value, new()
        {
            Default = "the content root",
            Range = "a directory",
            Meaning = "what relative paths are relative to",
        })
        .Text(nameof(TransportOptions.ServerName), o => o.ServerName, (o, value) => o.ServerName = value, new()
        {
            Default = "the machine's name",
            Range = "one word",
            IsReadAtStart = true,
            Meaning = "this server, in `Received` and in `SourceTransportServers`",
        }, check: OneWord)
        .Text(nameof(TransportOptions.SiteName), o => o.SiteName, (o, value) => o.SiteName = value, new()
        {
            Default = "`Default-Site`",
            Range = "a site",
            Meaning = "the site of this server",
        }, check: ConfigurationText.NotEmpty)
        .Text(nameof(TransportOptions.DefaultDomain), o => o.DefaultDomain, (o, value) => o.DefaultDomain = value, new()
        {
            Default = "first accepted domain, else the server's name",
            Range = "a domain",
            IsReadAtStart = true,
            Meaning = "right side of generated Message-IDs",
        })
        .List(nameof(TransportOptions.AcceptedDomains), o => o.AcceptedDomains, new()
        {
            Default = "none",
            Range = "domains",
            Rule = "IM-2",
            Meaning = "our own domains, in which IMCEA addresses are understood",
        })
        .Text(nameof(TransportOptions.CreatedBy), o => o.CreatedBy, (o, value) => o.CreatedBy = value, new()
        {
            Default = "`ForeignConnector.Lib`",
            Range = "one word",
            Rule = "EN-9",
            IsReadAtStart = true,
            Meaning = "`X-CreatedBy`, and our name in `Received`",
        }, check: OneAsciiWord)
        .Text(nameof(TransportOptions.ExternalPostmasterAddress),
            o => o.ExternalPostmasterAddress, (o, value) => o.ExternalPostmasterAddress = value, new()
            {
                Default = "postmaster at `DefaultDomain`",
                Range = "an address",
                Rule = "ND-2",
                IsReadAtStart = true,
                Meaning = "who reports to senders are from",
            })
        .Size(nameof(TransportOptions.ExternalDsnMaxMessageAttachSize),
            o => o.ExternalDsnMaxMessageAttachSize, (o, value) => o.ExternalDsnMaxMessageAttachSize = value, new()
            {
                Default = "`10MB`",
                Range = "a size",
                Rule = "ND-2",
                IsReadAtStart = true,
                Meaning = "the largest message that a report brings back whole; of a larger one only its header",
            })
        .List(nameof(TransportOptions.GenerateCopyOfDSNFor), o => o.GenerateCopyOfDSNFor, new()
        {
            Default = "none",
            Range = "codes, such as `5.4.6`",
            Rule = "ND-10",
            Meaning = "reports with one of these codes go to `ExternalPostmasterAddress` too",
        })
        .Text(nameof(TransportOptions.RootDropDirectoryPath),
            o => o.RootDropDirectoryPath, (o, value) => o.RootDropDirectoryPath = value, new()
            {
                Default = "`drop`",
                Range = "a directory",
                Rule = "DR-1",
                Meaning = "relative Drop directories are below it",
            }, check: ConfigurationText.NotEmpty)
        .Text(nameof(TransportOptions.QueueDirectoryPath), o => o.QueueDirectoryPath, (o, value) => o.QueueDirectoryPath = value, new()
        {
            Default = "`queue`",
            Range = "a directory",
            IsReadAtStart = true,
            Meaning = "accepted messages; best on the volume of the Drop directories",
        }, check: ConfigurationText.NotEmpty)
        .Text(nameof(TransportOptions.PickupDirectoryPath), o => o.PickupDirectoryPath, (o, value) => o.PickupDirectoryPath = value, new()
        {
            Default = "off",
            Range = "a directory",
            Rule = "RP-4",
            IsReadAtStart = true,
            Meaning = "where applications put messages",
        })
        .Text(nameof(TransportOptions.ReplayDirectoryPath), o => o.ReplayDirectoryPath, (o, value) => o.ReplayDirectoryPath = value, new()
        {
            Default = "off",
            Range = "a directory, apart from the others",
            Rule = "RP-4",
            IsReadAtStart = true,
            Meaning = "where gateways put messages with their envelope",
        })
        .Size(nameof(TransportOptions.PickupDirectoryMaxHeaderSize),
            o => o.PickupDirectoryMaxHeaderSize, (o, value) => o.PickupDirectoryMaxHeaderSize = value, new()
            {
                Default = "`64KB`",
                Range = "32KB to 2GB",
                Rule = "PU-3",
                IsReadAtStart = true,
                Meaning = "a message with a larger header is refused; so is one over 128 MB, here and in Replay, whatever the limit",
            }, least: "32KB", most: "2GB")
        .Number(nameof(TransportOptions.PickupDirectoryMaxRecipientsPerMessage),
            o => o.PickupDirectoryMaxRecipientsPerMessage, (o, value) => o.PickupDirectoryMaxRecipientsPerMessage = value, new()
            {
                Default = "100",
                Range = "1 to 10000",
                Rule = "PU-3",
                IsReadAtStart = true,
                Meaning = "a message with more recipients is refused",
            }, least: 1, most: 10_000)
        .NumberOrUnlimited(nameof(TransportOptions.PickupDirectoryMaxMessagesPerMinute),
            o => o.PickupDirectoryMaxMessagesPerMinute, (o, value) => o.PickupDirectoryMaxMessagesPerMinute = value, new()
            {
                Default = "100",
                Range = "1 to 20000, or `unlimited`",
                Rule = "PU-3",
                IsReadAtStart = true,
                Meaning = "for Pickup and Replay, each on its own",
            }, least: 1, most: 20_000)
        .Choice(nameof(TransportOptions.PickupEnvelopeHeaders),
            o => o.PickupEnvelopeHeaders, (o, value) => o.PickupEnvelopeHeaders = value, new()
            {
                Default = "`Honor`",
                Range = "`Honor`, `Ignore`, `Reject`",
                Rule = "PU-11",
                IsReadAtStart = true,
                Meaning = "what `X-Sender` and `X-Receiver` in a Pickup file mean",
            })
        .Flag(nameof(TransportOptions.PickupDirectoryDotStuffed),
            o => o.PickupDirectoryDotStuffed, (o, value) => o.PickupDirectoryDotStuffed = value, new()
            {
                Default = "`false`",
                Range = "`true`, `false`",
                Rule = "PU-12",
                IsReadAtStart = true,
                Meaning = "Pickup files carry the dot stuffing of SMTP",
            })
        .Flag(nameof(TransportOptions.ReplayDirectoryDotStuffed),
            o => o.ReplayDirectoryDotStuffed, (o, value) => o.ReplayDirectoryDotStuffed = value, new()
            {
                Default = "`false`",
                Range = "`true`, `false`",
                Rule = "PU-12",
                IsReadAtStart = true,
                Meaning = "Replay files carry the dot stuffing of SMTP",
            })
        .Flag(nameof(TransportOptions.CreateDirectories), o => o.CreateDirectories, (o, value) => o.CreateDirectories = value, new()
        {
            Default = "`false`",
            Range = "`true`, `false`",
            Rule = "PU-15",
            Meaning = "make missing Pickup, Replay and Drop directories at start",
        })
        .Flag(nameof(TransportOptions.RecoverForeignClaims),
            o => o.RecoverForeignClaims, (o, value) => o.RecoverForeignClaims = value, new()
            {
                Default = "`false`",
                Range = "`true`, `false`",
                Rule = "PU-14",
                IsReadAtStart = true,
                Meaning = "take back every quiet `.tmp` file, as Exchange does, also those that are not provably ours",
            })
        .TimeOrUnlimited(nameof(TransportOptions.SetAsideRetention),
            o => o.SetAsideRetention, (o, value) => o.SetAsideRetention = value, new()
            {
                Default = "unlimited",
                Range = "1 min to 3650 d, or `unlimited`",
                Rule = "QU-12",
                IsReadAtStart = true,
                Meaning = "how long `.bad` and `.poison` files of Pickup, Replay and the queue are kept; only those with our reason beside "
                + "them are deleted",
            }, least: "00:01:00", most: "3650.00:00:00");

    private static string? OneWord(string text) =>
        ConfigurationText.NotEmpty(text)
        ?? (text.AsSpan().ContainsAny(Delimiters)
            || text.Any(char.IsWhiteSpace) ? "must be one word, as it stands in Received fields" : null);

    private static string? OneAsciiWord(string text) =>
        ConfigurationText.NotEmpty(text) ?? (text.All(c => c is >= '!' and <= '~' and not ';')
            ? null
            : "must be one word of printable ASCII");
}
