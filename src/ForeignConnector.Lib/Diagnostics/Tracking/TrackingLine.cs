using System.Globalization;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Diagnostics.Tracking;

/// <summary>An event as a line of Exchange Server 2013's message tracking log, by its public documentation: field names, order and
/// notation.</summary>
internal static class TrackingLine
{
    public const string Fields =
        "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,"
        + "message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,"
        + "reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,"
        + "original-client-ip,original-server-ip,custom-data";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>What begins every file of the message tracking log.</summary>
    public static string Header(DateTimeOffset now) => Header("Message Tracking Log", Fields, now);

    /// <summary>What begins every file of a log.</summary>
    public static string Header(string type, string fields, DateTimeOffset now) =>
        $"#Software: {ProductInfo.Name}\r\n#Version: {ProductInfo.Version}\r\n#Log-Type: {type}\r\n"
        + $"#Date: {Time(now)}\r\n#Fields: {fields}\r\n";

    /// <summary>A remark for people and parsers alike: events are missing here.</summary>
    public static string Dropped(long events, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture,
            $"#Dropped: {events} events before {Time(now)}, because the log could not be written fast enough\r\n");

    /// <summary>The line, with its line end.</summary>
    public static string Format(TrackingEvent e, DateTimeOffset now, string server, bool withSubject)
    {
        var header = HeaderExcerpt.Read(e.Content, withSubject);
        var recipients = e.Outcomes.IsDefaultOrEmpty
            ? [.. e.Recipients.Select(recipient => recipient.Address)]
            : e.Outcomes.Select(outcome => outcome.Recipient.Address).ToArray();
        return new CsvLine()
            .Raw(Time(now))
            .Empty().Empty().Empty()
            .Field(server)
            .Field(e.Detail)
            .Field(e.Connector)
            .Raw(SourceOf(e.Source))
            .Raw(EventOf(e.Kind))
            .Raw(e.Id is { } id ? id.AcceptedAt.UtcTicks.ToString(CultureInfo.InvariantCulture) : "")
            .Field(header.MessageId)
            .Raw(e.Id is { } named ? Guid(named.Key) : "")
            .List(recipients)
            .List(e.Outcomes.IsDefaultOrEmpty ? [] : e.Outcomes.Select(
                outcome => DeliveryStatus.ReplyFor(outcome.Status, outcome.Text.Replace(';', ','))))
            .Raw(e.Content?.Length.ToString(CultureInfo.InvariantCulture) ?? "")
            .Number(recipients.Length)
            .Empty()
            .Field(e.Reference)
            .Field(header.Subject)
            .Field(header.Author.Length > 0 ? header.Author : e.Sender)
            .Field(e.Sender is { Length: 0 } ? "<>" : e.Sender)
            .Raw(e.Kind == TrackingEventKind.Receive || e.Id is not { } accepted ? "" : Time(accepted.AcceptedAt))
            .Raw("Undefined")
            .Empty().Empty().Empty()
            .Field(CustomData(e))
            .ToString() + "\r\n";
    }

    // The form of the network-message-id: the same for every copy of a submission, on every attempt.
    private static string Guid(UInt128 key) => new Guid(
        (uint)(key >> 96), (ushort)(key >> 80), (ushort)(key >> 64),
        (byte)(key >> 56), (byte)(
            key >> 48), (byte)(key >> 40), (byte)(key >> 32), (byte)(key >> 24), (byte)(key >> 16), (byte)(key >> 8), (byte)key).ToString();

    private static string CustomData(TrackingEvent e)
    {
        var file = e.FileName is null ? null : "S:FileName=" + e.FileName.Replace("%", "%25", StringComparison.Ordinal).Replace(
            ";", "%3B", StringComparison.Ordinal);
        var seconds = e.Duration is { } duration ? string.Create(
            CultureInfo.InvariantCulture, $"S:Seconds={duration.TotalSeconds:0.000}") : null;
        return string.Join(';', new[] { file, seconds }.Where(part => part is not null));
    }

    /// <summary>A time, as the logs have it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string SourceOf(TrackingSource source) => source switch
    {
        TrackingSource.Pickup => "PICKUP",
        TrackingSource.Replay => "REPLAY",
        TrackingSource.Gateway => "GATEWAY",
        TrackingSource.Dsn => "DSN",
        TrackingSource.Queue => "QUEUE",
        TrackingSource.Admin => "ADMIN",
        TrackingSource.Agent => "AGENT",
        TrackingSource.Smtp => "SMTP",
        _ => "ROUTING",
    };

    private static string EventOf(TrackingEventKind kind) => kind switch
    {
        TrackingEventKind.Receive => "RECEIVE",
        TrackingEventKind.Send => "SEND",
        TrackingEventKind.Relay => "RELAY",
        TrackingEventKind.Dsn => "DSN",
        TrackingEventKind.Defer => "DEFER",
        TrackingEventKind.BadMail => "BADMAIL",
        TrackingEventKind.PoisonMessage => "POISONMESSAGE",
        TrackingEventKind.Resubmit => "RESUBMIT",
        _ => "FAIL",
    };
}
