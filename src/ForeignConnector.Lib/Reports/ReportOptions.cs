using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Reports;

/// <summary>Who reports, and how much of a message goes back.</summary>
public sealed class ReportOptions
{
    /// <summary>The Reporting-MTA of RFC 3464: this server, as others call it. One word of ASCII.</summary>
    public required string ServerName { get; set; }

    /// <summary>The right side of Message-IDs.</summary>
    public required string DefaultDomain { get; set; }

    /// <summary>The From of reports, where people may write to. Exchange calls it ExternalPostmasterAddress.</summary>
    public required string PostmasterAddress { get; set; }

    /// <summary>The largest message that goes back whole; of a larger one only the header does. Exchange calls it
    /// ExternalDsnMaxMessageAttachSize.</summary>
    /// <value>Default 10 MB.</value>
    public ByteSize MaxMessageAttachSize { get; set; } = ByteSize.FromMegabytes(10);

    /// <summary>
    /// Reports that name one of these codes go to <see cref="PostmasterAddress"/> too, each as a message of its own (ND-10). Exchange calls
    /// it GenerateCopyOfDSNFor.
    /// </summary>
    /// <value>Default none.</value>
    public ISet<EnhancedStatusCode> CopiedStatuses { get; } = new HashSet<EnhancedStatusCode>();
}
