using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// The section <c>Transport</c>: directories, limits and times of one server. Exchange's parameter names where Exchange has the parameter.
/// </summary>
public sealed class TransportOptions
{
    /// <summary>What relative paths are relative to.</summary>
    /// <value>Default: the content root of a host; without a host the current directory.</value>
    public string? BaseDirectory { get; set; }

    /// <summary>This server's name.</summary>
    /// <value>Default: the name of the machine.</value>
    public string ServerName { get; set; } = Environment.MachineName;

    /// <summary>The site this server belongs to.</summary>
    /// <value>Default <c>Default-Site</c>.</value>
    public string SiteName { get; set; } = "Default-Site";

    /// <summary>The domain of generated Message-IDs.</summary>
    /// <value>Default: the first accepted domain, else the server's name.</value>
    public string? DefaultDomain { get; set; }

    /// <summary>Our own domains, in which IMCEA addresses are understood (IM-2).</summary>
    /// <value>Default none.</value>
    public IList<string> AcceptedDomains { get; } = [];

    /// <summary>Domains whose local parts are addresses of other types (IM-5).</summary>
    /// <value>Default none.</value>
    public IList<AddressMappingOptions> AddressMappings { get; } = [];

    /// <summary>The value of <c>X-CreatedBy</c> for messages that come without one, and our name in <c>Received</c> (EN-9).</summary>
    /// <value>Default <c>ForeignConnector.Lib</c>.</value>
    public string CreatedBy { get; set; } = ProductInfo.Name;

    /// <summary>The From of reports to senders, where people may ask (ND-2).</summary>
    /// <value>Default: <c>postmaster</c> at <see cref="DefaultDomain"/>.</value>
    public string? ExternalPostmasterAddress { get; set; }

    /// <summary>The largest message that a report brings back whole; of a larger one only the header (ND-2).</summary>
    /// <value>Default 10 MB.</value>
    public ByteSize ExternalDsnMaxMessageAttachSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>Reports with one of these codes, such as <c>5.4.6</c>, go to <see cref="ExternalPostmasterAddress"/> too (ND-10).</summary>
    /// <value>Default none.</value>
    public IList<string> GenerateCopyOfDSNFor { get; } = [];

    /// <summary>The directory below which relative Drop directories are (DR-1).</summary>
    /// <value>Default <c>drop</c>.</value>
    public string RootDropDirectoryPath { get; set; } = "drop";

    /// <summary>Where accepted messages are kept. Best on the volume of the Drop directories: then a delivery is one rename.</summary>
    /// <value>Default <c>queue</c>.</value>
    public string QueueDirectoryPath { get; set; } = "queue";

    /// <summary>The Pickup directory; null turns it off (RP-4).</summary>
    /// <value>Default null.</value>
    public string? PickupDirectoryPath { get; set; }

    /// <summary>The Replay directory; null turns it off (RP-4).</summary>
    /// <value>Default null.</value>
    public string? ReplayDirectoryPath { get; set; }

    /// <summary>Make missing Pickup, Replay and Drop directories at start, and those of a changed configuration (PU-15).</summary>
    /// <value>Default false.</value>
    public bool CreateDirectories { get; set; }

    /// <summary>
    /// Take back every <c>.tmp</c> file of Pickup and Replay that has been quiet, as Exchange does, also those that are not provably ours
    /// (PU-14).
    /// </summary>
    /// <value>Default false.</value>
    public bool RecoverForeignClaims { get; set; }

    /// <summary>
    /// How long badmail and poison files of Pickup, Replay and the queue are kept, with their reasons (QU-12); null keeps them for ever.
    /// </summary>
    /// <value>Default null; 1 minute to 10 years, or <c>unlimited</c>.</value>
    public TimeSpan? SetAsideRetention { get; set; }

    /// <summary>The largest header of a Pickup file (PU-3).</summary>
    /// <value>Default 64 KB; 32 KB to 2 GB.</value>
    public ByteSize PickupDirectoryMaxHeaderSize { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>The most recipients of a Pickup file (PU-3).</summary>
    /// <value>Default 100; 1 to 10,000.</value>
    public int PickupDirectoryMaxRecipientsPerMessage { get; set; } = 100;

    /// <summary>The most messages taken per minute from Pickup, and as many again from Replay (PU-3); null is unlimited.</summary>
    /// <value>Default 100; 1 to 20,000 or <c>unlimited</c>.</value>
    public int? PickupDirectoryMaxMessagesPerMinute { get; set; } = 100;

    /// <summary>What <c>X-Sender</c> and <c>X-Receiver</c> at the top of a Pickup file mean (PU-11).</summary>
    /// <value>Default <see cref="PickupEnvelopeHeaders.Honor"/>.</value>
    public PickupEnvelopeHeaders PickupEnvelopeHeaders { get; set; } = PickupEnvelopeHeaders.Honor;

    /// <summary>Pickup files carry the dot stuffing of SMTP (PU-12).</summary>
    /// <value>Default false.</value>
    public bool PickupDirectoryDotStuffed { get; set; }

    /// <summary>Replay files carry the dot stuffing of SMTP (PU-12).</summary>
    /// <value>Default false.</value>
    public bool ReplayDirectoryDotStuffed { get; set; }

    /// <summary>
    /// How long to wait between two looks at Pickup and Replay; changes that the file system reports are seen at once (PU-1).
    /// </summary>
    /// <value>Default 5 seconds; 10 milliseconds to 1 hour.</value>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a file must have been left alone before it is taken (PU-2).</summary>
    /// <value>Default 1 second; 0 to 1 hour.</value>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary><c>X-CreatedBy</c> values whose organization and forest fields pass in Replay (HF-3).</summary>
    /// <value>Default none.</value>
    public IList<string> TrustedReplayCreators { get; } = [];

    /// <summary>How many retries after a failure of a connector wait for <see cref="QueueGlitchRetryInterval"/> (RY-1).</summary>
    /// <value>Default 4; 0 to 15.</value>
    public int QueueGlitchRetryCount { get; set; } = 4;

    /// <summary>How long the first retries after a failure of a connector wait.</summary>
    /// <value>Default 1 minute; 1 second to 1 day.</value>
    public TimeSpan QueueGlitchRetryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many of the retries after those wait for <see cref="TransientFailureRetryInterval"/>.</summary>
    /// <value>Default 6; 0 to 15.</value>
    public int TransientFailureRetryCount { get; set; } = 6;

    /// <summary>How long the next retries after a failure of a connector wait; also reports that cannot be made.</summary>
    /// <value>Default 5 minutes; 1 second to 1 day.</value>
    public TimeSpan TransientFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long all later retries after a failure of a connector wait.</summary>
    /// <value>Default 10 minutes; 1 second to 1 day.</value>
    public TimeSpan OutboundConnectionFailureRetryInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a message waits that was deferred for its own sake or its recipient's.</summary>
    /// <value>Default 5 minutes; 1 second to 1 day.</value>
    public TimeSpan MessageRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its acceptance a message is given up, whatever it waits for (5.4.7).</summary>
    /// <value>Default 2 days; 5 seconds to 90 days.</value>
    public TimeSpan MessageExpirationTimeout { get; set; } = TimeSpan.FromDays(2);

    /// <summary>
    /// How long after its acceptance the sender of a message that still waits is told so, where NOTIFY allows it; null, or 0, is never.
    /// </summary>
    /// <value>Default 4 hours; 0 to 30 days, or <c>unlimited</c>.</value>
    public TimeSpan? DelayNotificationTimeout { get; set; } = TimeSpan.FromHours(4);

    /// <summary>
    /// How long a connector may have no success until what waits for it is routed again, and then each time as long again (RT-8).
    /// </summary>
    /// <value>Default 12 hours; 1 minute to 30 days.</value>
    public TimeSpan MaxIdleTimeBeforeResubmit { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How many processes may die while they work on a message alone before it is set aside (ND-4).</summary>
    /// <value>Default 2; 1 to 10.</value>
    public int PoisonThreshold { get; set; } = 2;

    /// <summary>How long the process must have run before it tries, last and alone, what an earlier one died with (ND-4).</summary>
    /// <value>Default 1 minute; 0 to 1 hour.</value>
    public TimeSpan SuspectDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where the message tracking log is kept (TR-1); null turns it off. It names senders and recipients.</summary>
    /// <value>Default null.</value>
    public string? MessageTrackingLogPath { get; set; }

    /// <summary>How long files of the message tracking log are kept; 0 keeps them for ever.</summary>
    /// <value>Default 30 days; 0 to 24,855 days.</value>
    public TimeSpan MessageTrackingLogMaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The most that all files of the message tracking log may have together; the oldest go first.</summary>
    /// <value>Default 1 GB; 1 MB or more, and not less than <see cref="MessageTrackingLogMaxFileSize"/>.</value>
    public ByteSize MessageTrackingLogMaxDirectorySize { get; set; } = ByteSize.FromMegabytes(1024);

    /// <summary>The largest file of the message tracking log.</summary>
    /// <value>Default 10 MB; 64 KB to 4 GB.</value>
    public ByteSize MessageTrackingLogMaxFileSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>
    /// Where the connectivity log of delivery agents is kept (DA-13); null turns it off. It may be the directory of the message tracking
    /// log.
    /// </summary>
    /// <value>Default null.</value>
    public string? ConnectivityLogPath { get; set; }

    /// <summary>How long files of the connectivity log are kept; 0 keeps them for ever.</summary>
    /// <value>Default 30 days; 0 to 24,855 days.</value>
    public TimeSpan ConnectivityLogMaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The most that all files of the connectivity log may have together; the oldest go first.</summary>
    /// <value>Default 1000 MB; 1 MB or more, and not less than <see cref="ConnectivityLogMaxFileSize"/>.</value>
    public ByteSize ConnectivityLogMaxDirectorySize { get; set; } = ByteSize.FromMegabytes(1000);

    /// <summary>The largest file of the connectivity log.</summary>
    /// <value>Default 10 MB; 64 KB to 4 GB.</value>
    public ByteSize ConnectivityLogMaxFileSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>Whether the message tracking log holds subjects: they are content.</summary>
    /// <value>Default false; Exchange's default is true.</value>
    public bool MessageTrackingLogSubjectLoggingEnabled { get; set; }

    /// <summary>
    /// Pickup and Replay stop while less is free on the volume of the queue, or less than 5 % of a small volume; 0 turns it off (BP-1).
    /// </summary>
    /// <value>Default 500 MB.</value>
    public ByteSize BackPressureMinimumFreeSpace { get; set; } = new BackPressureOptions().MinimumFreeSpace;

    /// <summary>
    /// Pickup and Replay stop while fewer files can be created on that volume, or less than 5 % of a small volume's; 0 turns it off.
    /// </summary>
    /// <value>Default 10,000.</value>
    public int BackPressureMinimumFreeFiles { get; set; } = new BackPressureOptions().MinimumFreeFiles;

    /// <summary>Pickup and Replay stop while this many messages are queued; null is unlimited.</summary>
    /// <value>Default 1,000,000; 1 or more, or <c>unlimited</c>.</value>
    public int? BackPressureMaxQueueLength { get; set; } = new BackPressureOptions().MaxQueueLength;

    /// <summary>The sites and their servers.</summary>
    /// <value>Default: one site with this server.</value>
    public IDictionary<string, IList<string>> Sites { get; } = new Dictionary<string, IList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The links between sites.</summary>
    /// <value>Default none.</value>
    public IList<SiteLinkOptions> SiteLinks { get; } = [];
}

/// <summary>A domain whose local parts are addresses of another type (IM-5).</summary>
public sealed class AddressMappingOptions
{
    /// <summary>The domain, such as <c>fax.contoso.com</c>.</summary>
    public string Domain { get; set; } = "";

    /// <summary>The type of its addresses, such as <c>FAX</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>What takes the place of a single leading <c>0</c> of a number, such as <c>+49</c>.</summary>
    /// <value>Default empty: the <c>0</c> stays.</value>
    public string Prefix { get; set; } = "";

    /// <summary>Whether its local parts must be numbers.</summary>
    /// <value>Default null: those of FAX, SMS and MOBILE must.</value>
    public bool? Number { get; set; }
}

/// <summary>A link between two sites, usable in both directions.</summary>
public sealed class SiteLinkOptions
{
    /// <summary>One end.</summary>
    public string From { get; set; } = "";

    /// <summary>The other end.</summary>
    public string To { get; set; } = "";

    /// <summary>What a message pays to cross it; 1 or more.</summary>
    public int Cost { get; set; } = 1;
}
