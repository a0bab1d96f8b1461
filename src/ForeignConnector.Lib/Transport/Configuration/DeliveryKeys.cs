namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>The keys of the section <c>Transport</c> that say when mail is taken, tried and given up, and what is recorded.</summary>
internal static class DeliveryKeys
{
    /// <summary>When mail is taken in, tried again and given up.</summary>
    public static ConfigurationTable<TransportOptions> AddTimes(this ConfigurationTable<TransportOptions> table) => table
        .Time(nameof(TransportOptions.PollingInterval), o => o.PollingInterval, (o, value) => o.PollingInterval = value, new()
        {
            Default = "`00:00:05`",
            Range = "10 ms to 1 h",
            Rule = "PU-1",
            IsReadAtStart = true,
            Meaning = "the longest wait for a new file; changes that the file system reports are seen at once",
        }, least: "00:00:00.010", most: "01:00:00")
        .Time(nameof(TransportOptions.SettleTime), o => o.SettleTime, (o, value) => o.SettleTime = value, new()
        {
            Default = "`00:00:01`",
            Range = "0 to 1 h",
            Rule = "PU-2",
            IsReadAtStart = true,
            Meaning = "how long a file must have been left alone; 0 if all writers rename into place",
        }, least: "00:00:00", most: "01:00:00")
        .List(nameof(TransportOptions.TrustedReplayCreators), o => o.TrustedReplayCreators, new()
        {
            Default = "none",
            Range = "names",
            Rule = "HF-3",
            IsReadAtStart = true,
            Meaning = "`X-CreatedBy` values whose `X-MS-Exchange-Organization-*` and `-Forest-*` fields pass",
        })
        .Number(nameof(TransportOptions.QueueGlitchRetryCount),
            o => o.QueueGlitchRetryCount, (o, value) => o.QueueGlitchRetryCount = value, new()
            {
                Default = "4",
                Range = "0 to 15",
                Rule = "RY-1",
                IsReadAtStart = true,
                Meaning = "a connector that fails is tried again this many times",
            }, least: 0, most: 15)
        .Time(nameof(TransportOptions.QueueGlitchRetryInterval),
            o => o.QueueGlitchRetryInterval, (o, value) => o.QueueGlitchRetryInterval = value, new()
            {
                Default = "`00:01:00`",
                Range = "1 s to 1 d",
                IsReadAtStart = true,
                Meaning = "after this time each; 0 times skips the stage",
            }, least: "00:00:01", most: "1.00:00:00")
        .Number(nameof(TransportOptions.TransientFailureRetryCount),
            o => o.TransientFailureRetryCount, (o, value) => o.TransientFailureRetryCount = value, new()
            {
                Default = "6",
                Range = "0 to 15",
                IsReadAtStart = true,
                Meaning = "then this many times",
            }, least: 0, most: 15)
        .Time(nameof(TransportOptions.TransientFailureRetryInterval),
            o => o.TransientFailureRetryInterval, (o, value) => o.TransientFailureRetryInterval = value, new()
            {
                Default = "`00:05:00`",
                Range = "1 s to 1 d",
                IsReadAtStart = true,
                Meaning = "after this time each; also the wait of reports that cannot be made",
            }, least: "00:00:01", most: "1.00:00:00")
        .Time(nameof(TransportOptions.OutboundConnectionFailureRetryInterval),
            o => o.OutboundConnectionFailureRetryInterval, (o, value) => o.OutboundConnectionFailureRetryInterval = value, new()
            {
                Default = "`00:10:00`",
                Range = "1 s to 1 d",
                IsReadAtStart = true,
                Meaning = "then for ever after this time each",
            }, least: "00:00:01", most: "1.00:00:00")
        .Time(nameof(TransportOptions.MessageRetryInterval),
            o => o.MessageRetryInterval, (o, value) => o.MessageRetryInterval = value, new()
            {
                Default = "`00:05:00`",
                Range = "1 s to 1 d",
                IsReadAtStart = true,
                Meaning = "how long a message waits that was deferred for its own sake or its recipient's, whatever its connector does",
            }, least: "00:00:01", most: "1.00:00:00")
        .Time(nameof(TransportOptions.MessageExpirationTimeout),
            o => o.MessageExpirationTimeout, (o, value) => o.MessageExpirationTimeout = value, new()
            {
                Default = "`2.00:00:00`",
                Range = "5 s to 90 d",
                IsReadAtStart = true,
                Meaning = "when a message is given up, counted from its acceptance; what waited while the host or its connector was away is"
                + " tried once before",
            }, least: "00:00:05", most: "90.00:00:00")
        .TimeOrUnlimited(nameof(TransportOptions.DelayNotificationTimeout),
            o => o.DelayNotificationTimeout, (o, value) => o.DelayNotificationTimeout = value, new()
            {
                Default = "`04:00:00`",
                Range = "0 to 30 d, or `unlimited`",
                IsReadAtStart = true,
                Meaning = "when the sender of a message that still waits is told so; 0 and `unlimited` are never",
            }, least: "00:00:00", most: "30.00:00:00")
        .Time(nameof(TransportOptions.MaxIdleTimeBeforeResubmit),
            o => o.MaxIdleTimeBeforeResubmit, (o, value) => o.MaxIdleTimeBeforeResubmit = value, new()
            {
                Default = "`12:00:00`",
                Range = "1 min to 30 d",
                Rule = "RT-8",
                IsReadAtStart = true,
                Meaning = "how long a connector may have no success until what waits for it is routed again, and each time as long again; "
                + "what still matches it stays",
            }, least: "00:01:00", most: "30.00:00:00")
        .Number(nameof(TransportOptions.PoisonThreshold), o => o.PoisonThreshold, (o, value) => o.PoisonThreshold = value, new()
        {
            Default = "2",
            Range = "1 to 10",
            Rule = "ND-4",
            IsReadAtStart = true,
            Meaning = "how often the process may die while it works on a message, of those in the queue on it alone, before that is set"
                + " aside",
        }, least: 1, most: 10)
        .Time(nameof(TransportOptions.SuspectDelay), o => o.SuspectDelay, (o, value) => o.SuspectDelay = value, new()
        {
            Default = "`00:01:00`",
            Range = "0 to 1 h",
            Rule = "ND-4",
            IsReadAtStart = true,
            Meaning = "how long the process must have run before it tries again, last and alone, what was in hand when processes died "
                + "twice; only a death in that attempt counts",
        }, least: "00:00:00", most: "01:00:00");

    /// <summary>The record, back pressure and the topology.</summary>
    public static ConfigurationTable<TransportOptions> AddRecord(this ConfigurationTable<TransportOptions> table) => table
        .Text(nameof(TransportOptions.MessageTrackingLogPath),
            o => o.MessageTrackingLogPath, (o, value) => o.MessageTrackingLogPath = value, new()
            {
                Default = "off",
                Range = "a directory, apart from the others",
                Rule = "TR-1",
                IsReadAtStart = true,
                Meaning = "where the message tracking log is kept",
            })
        .Time(nameof(TransportOptions.MessageTrackingLogMaxAge),
            o => o.MessageTrackingLogMaxAge, (o, value) => o.MessageTrackingLogMaxAge = value, new()
            {
                Default = "`30.00:00:00`",
                Range = "0 to 24855 d; 0 is for ever",
                IsReadAtStart = true,
                Meaning = "how long its files are kept",
            }, least: "00:00:00", most: "24855.00:00:00")
        .Size(nameof(TransportOptions.MessageTrackingLogMaxDirectorySize),
            o => o.MessageTrackingLogMaxDirectorySize, (o, value) => o.MessageTrackingLogMaxDirectorySize = value, new()
            {
                Default = "`1GB`",
                Range = "1MB or more",
                IsReadAtStart = true,
                Meaning = "the most that its files have together; the oldest go first",
            }, least: "1MB", most: "unlimited")
        .Size(nameof(TransportOptions.MessageTrackingLogMaxFileSize),
            o => o.MessageTrackingLogMaxFileSize, (o, value) => o.MessageTrackingLogMaxFileSize = value, new()
            {
                Default = "`10MB`",
                Range = "64KB to 4GB, not more than `MessageTrackingLogMaxDirectorySize`",
                IsReadAtStart = true,
                Meaning = "its largest file",
            }, least: "64KB", most: "4GB")
        .Flag(nameof(TransportOptions.MessageTrackingLogSubjectLoggingEnabled),
            o => o.MessageTrackingLogSubjectLoggingEnabled, (o, value) => o.MessageTrackingLogSubjectLoggingEnabled = value, new()
            {
                Default = "`false`",
                Range = "`true`, `false`",
                IsReadAtStart = true,
                Meaning = "whether it holds subjects; they are content",
            })
        .Text(nameof(TransportOptions.ConnectivityLogPath), o => o.ConnectivityLogPath, (o, value) => o.ConnectivityLogPath = value, new()
        {
            Default = "off",
            Range = "a directory, apart from the others; it may be that of the message tracking log",
            Rule = "DA-13",
            IsReadAtStart = true,
            Meaning = "where the connectivity log of delivery agents is kept",
        })
        .Time(nameof(TransportOptions.ConnectivityLogMaxAge),
            o => o.ConnectivityLogMaxAge, (o, value) => o.ConnectivityLogMaxAge = value, new()
            {
                Default = "`30.00:00:00`",
                Range = "0 to 24855 d; 0 is for ever",
                IsReadAtStart = true,
                Meaning = "how long files of the connectivity log are kept",
            }, least: "00:00:00", most: "24855.00:00:00")
        .Size(nameof(TransportOptions.ConnectivityLogMaxDirectorySize),
            o => o.ConnectivityLogMaxDirectorySize, (o, value) => o.ConnectivityLogMaxDirectorySize = value, new()
            {
                Default = "`1000MB`",
                Range = "1MB or more",
                IsReadAtStart = true,
                Meaning = "the most that files of the connectivity log have together; the oldest go first",
            }, least: "1MB", most: "unlimited")
        .Size(nameof(TransportOptions.ConnectivityLogMaxFileSize),
            o => o.ConnectivityLogMaxFileSize, (o, value) => o.ConnectivityLogMaxFileSize = value, new()
            {
                Default = "`10MB`",
                Range = "64KB to 4GB, not more than `ConnectivityLogMaxDirectorySize`",
                IsReadAtStart = true,
                Meaning = "the largest file of the connectivity log",
            }, least: "64KB", most: "4GB")
        .Size(nameof(TransportOptions.BackPressureMinimumFreeSpace),
            o => o.BackPressureMinimumFreeSpace, (o, value) => o.BackPressureMinimumFreeSpace = value, new()
            {
                Default = "`500MB`",
                Range = "a size; 0 turns it off",
                Rule = "BP-1",
                IsReadAtStart = true,
                Meaning = "Pickup and Replay stop while less is free on the volume of the queue (5 % of a small volume), and go on by "
                + "themselves; a Drop directory that is full holds back its own messages only",
            })
        .Number(nameof(TransportOptions.BackPressureMinimumFreeFiles),
            o => o.BackPressureMinimumFreeFiles, (o, value) => o.BackPressureMinimumFreeFiles = value, new()
            {
                Default = "10000",
                Range = "0 or more; 0 turns it off",
                IsReadAtStart = true,
                Meaning = "the same for files that can still be created (inodes)",
            }, least: 0, most: int.MaxValue)
        .NumberOrUnlimited(nameof(TransportOptions.BackPressureMaxQueueLength),
            o => o.BackPressureMaxQueueLength, (o, value) => o.BackPressureMaxQueueLength = value, new()
            {
                Default = "1000000",
                Range = "1 or more, or `unlimited`",
                IsReadAtStart = true,
                Meaning = "Pickup and Replay stop while this many messages are queued; a few more may come from files that are being taken "
                + "in",
            }, least: 1, most: int.MaxValue)
        .Section(nameof(TransportOptions.AddressMappings), o => o.AddressMappings, new()
        {
            Default = "none",
            Range = "`Domain`, `Type`, `Prefix`, `Number`",
            Rule = "IM-5",
            Meaning = "domains whose local parts are addresses of another type, so that any mail client reaches a gateway; those of FAX, "
                + "SMS and MOBILE, or with `Number`, must be numbers, and a leading 0 becomes `Prefix`",
        })
        .Section(nameof(TransportOptions.Sites), o => o.Sites, new()
        {
            Default = "one site with this server",
            Range = "name: servers",
            Meaning = "the sites of the organisation",
        })
        .Section(nameof(TransportOptions.SiteLinks), o => o.SiteLinks, new()
        {
            Default = "none",
            Range = "`From`, `To`, `Cost` of 1 or more",
            Meaning = "both directions",
        });
}
