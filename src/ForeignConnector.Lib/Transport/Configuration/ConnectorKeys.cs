namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>The keys of one entry of the section <c>Connectors</c>.</summary>
internal static class ConnectorKeys
{
    /// <summary>All of them.</summary>
    public static ConfigurationTable<ConnectorOptions> AddConnector(this ConfigurationTable<ConnectorOptions> table) => table
        .List(nameof(ConnectorOptions.AddressSpaces), o => o.AddressSpaces, new()
        {
            Range = "at least one",
            Rule = "AS-1",
            Meaning = "what the connector takes",
        })
        .Text(nameof(ConnectorOptions.DeliveryProtocol), o => o.DeliveryProtocol, (o, value) => o.DeliveryProtocol = value, new()
        {
            Default = "a Drop directory",
            Range = "a kind of connector; 1 to 64 characters",
            Rule = "DA-2",
            Meaning = "which kind of connector delivers; its settings stand in a section of the same name. What no kind here serves waits",
        }, check: Protocol)
        .Text(nameof(ConnectorOptions.DropDirectory), o => o.DropDirectory, (o, value) => o.DropDirectory = value, new()
        {
            Default = "the connector's name",
            Range = "below `RootDropDirectoryPath`, or absolute",
            Rule = "DR-1",
            Meaning = "where the files go",
        })
        .Size(nameof(ConnectorOptions.DropDirectoryQuota), o => o.DropDirectoryQuota, (o, value) => o.DropDirectoryQuota = value, new()
        {
            Default = "`unlimited`",
            Range = "a size",
            Rule = "DR-6",
            Meaning = "the most octets of all message files in it; more is deferred",
        })
        .Size(nameof(ConnectorOptions.MaxMessageSize), o => o.MaxMessageSize, (o, value) => o.MaxMessageSize = value, new()
        {
            Default = "`unlimited`",
            Range = "a size; 0 disables",
            Rule = "DR-7",
            Meaning = "the largest message, without the X-headers",
        })
        .Flag(nameof(ConnectorOptions.RelayDsnRequired), o => o.RelayDsnRequired, (o, value) => o.RelayDsnRequired = value, new()
        {
            Default = "`false`",
            Range = "`true`, `false`",
            Rule = "DR-8",
            Meaning = "success counts as relayed to a system that gives no reports, also for recipients without NOTIFY=SUCCESS",
        })
        .Flag(nameof(ConnectorOptions.Enabled), o => o.Enabled, (o, value) => o.Enabled = value, new()
        {
            Default = "`true`",
            Range = "`true`, `false`",
            Meaning = "whether it is chosen",
        })
        .Flag(nameof(ConnectorOptions.IsScopedConnector), o => o.IsScopedConnector, (o, value) => o.IsScopedConnector = value, new()
        {
            Default = "`false`",
            Range = "`true`, `false`",
            Meaning = "only servers of its source servers' sites use it",
        })
        .List(nameof(ConnectorOptions.SourceTransportServers), o => o.SourceTransportServers, new()
        {
            Default = "this server",
            Range = "servers of `Sites`",
            Rule = "RT-7",
            Meaning = "who delivers",
        })
        .Flag(nameof(ConnectorOptions.CreateDropDirectory), o => o.CreateDropDirectory, (o, value) => o.CreateDropDirectory = value, new()
        {
            Default = "`false`",
            Range = "`true`, `false`",
            Rule = "DR-2",
            Meaning = "create a missing Drop directory instead of waiting for it",
        })
        .Choice(nameof(ConnectorOptions.Durability), o => o.Durability, (o, value) => o.Durability = value, new()
        {
            Default = "`Grouped`",
            Range = "`Grouped`, `PerMessage`, `None`",
            Rule = "DR-9",
            Meaning = "what a delivered file survives: a power cut, flushed together with its neighbours; the same, each message on its"
                + " own; the end of the process only",
        })
        .Mode(nameof(ConnectorOptions.DropFileMode), o => o.DropFileMode, (o, value) => o.DropFileMode = value, new()
        {
            Default = "`0640`",
            Range = "octal digits; the owner must be able to read",
            Rule = "DR-10",
            Meaning = "the mode of delivered files, whatever the umask; their group is that of the Drop directory. On Windows it has no"
                + " effect",
        }, check: ReadableFileMode)
        .Time(nameof(ConnectorOptions.DeliveryTimeout), o => o.DeliveryTimeout, (o, value) => o.DeliveryTimeout = value, new()
        {
            Default = "`00:10:00`",
            Range = "1 s to 1 d",
            Rule = "RY-2",
            Meaning = "how long one delivery may take; then it is cancelled and the message deferred with 4.4.2",
        }, least: "00:00:01", most: "1.00:00:00")
        .Number(nameof(ConnectorOptions.MaxConcurrentConnections), o => o.MaxConcurrentConnections,
            (o, value) => o.MaxConcurrentConnections = value, new()
            {
                Default = "`5`",
                Range = "1 to 1000",
                Rule = "DA-5",
                Meaning = "the most connections of a delivery agent that are open at a time",
            }, least: 1, most: 1000)
        .Number(nameof(ConnectorOptions.MaxMessagesPerConnection), o => o.MaxMessagesPerConnection,
            (o, value) => o.MaxMessagesPerConnection = value, new()
            {
                Default = "`20`",
                Range = "at least 1",
                Rule = "DA-7",
                Meaning = "the most messages that go over one connection of a delivery agent",
            }, least: 1)
        .Time(nameof(ConnectorOptions.ConnectionIdleTimeout), o => o.ConnectionIdleTimeout, (o, value) => o.ConnectionIdleTimeout = value,
            new()
            {
                Default = "`00:00:02`",
                Range = "0 to 1 h",
                Rule = "DA-9",
                Meaning = "how long a connection of a delivery agent waits for the next message until it is closed",
            }, least: "00:00:00", most: "01:00:00")
        .Text(nameof(ConnectorOptions.Comment), o => o.Comment, (o, value) => o.Comment = value, new()
        {
            Range = "any text",
            Meaning = "for people",
        });

    private static string? Protocol(string text) =>
        text.Length is > 0 and <= 64 && !text.Any(char.IsControl) ? null : "must be 1 to 64 characters without control characters";

    private static string? ReadableFileMode(UnixFileMode mode) =>
        mode <= (UnixFileMode)0x1FF && mode.HasFlag(UnixFileMode.UserRead)
            ? null
            : "must be at most 0777 and let the owner read, such as 0640";
}
