using System.Collections.Immutable;

namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>
/// One cause of success, delay or failure: the reply code of SMTP, the RFC 3463 code, what the sender may read, and how Exchange calls it.
/// All causes this library knows stand in <see cref="All"/>; a connector makes outcomes of its own with any code and text.
/// </summary>
public sealed record DeliveryStatus
{
    private DeliveryStatus(int replyCode, EnhancedStatusCode code, string text, string? exchange = null, string? diagnostic = null)
    {
        ReplyCode = replyCode;
        Code = code;
        Text = text;
        Exchange = exchange;
        Diagnostic = diagnostic ?? $"{replyCode} {code} {text}";
    }

    /// <summary>Delivered to the system behind the connector.</summary>
    public static DeliveryStatus Delivered { get; } = new(250, EnhancedStatusCode.Success, "Delivered.");

    /// <summary>Handed to a system that gives no reports (DR-8).</summary>
    public static DeliveryStatus Relayed { get; } = new(
        250, EnhancedStatusCode.Success, "Handed to a system that does not confirm delivery.");

    /// <summary>Handed to a gateway that answers later (GW-2).</summary>
    public static DeliveryStatus HandedOver { get; } = new(
        250, EnhancedStatusCode.Success, "Handed to a gateway that has not answered yet.");

    /// <summary>A connector threw, or a disk failed.</summary>
    public static DeliveryStatus ConnectorProblem { get; } = new(
        451, EnhancedStatusCode.SystemProblem, "The connection to the recipient's system had a problem.");

    /// <summary>A connector ended a delivery without a word about a recipient (DA-8).</summary>
    public static DeliveryStatus NoAnswer { get; } = new(
        451, new(4, 4, 0), "The recipient's system did not say what became of the message.");

    /// <summary>The Drop directory's quota is used up (DR-6).</summary>
    public static DeliveryStatus DestinationFull { get; } =
        new(452, EnhancedStatusCode.SystemFull, "The recipient's system is full.", "4.3.1 Insufficient system resources");

    /// <summary>The Drop directory is missing or cannot be written to (DR-2).</summary>
    public static DeliveryStatus DestinationUnavailable { get; } =
        new(453, EnhancedStatusCode.NotAccepting,
            "The recipient's system is not accepting messages now.", "4.3.2 System not accepting network messages");

    /// <summary>Files of others have every name that the message may get in the Drop directory (SE-3). Other messages go on.</summary>
    public static DeliveryStatus NamesTaken { get; } =
        new(450, new(4, 2, 0), "Files of others have the names that the message may get in the recipient's directory.");

    /// <summary>No connector takes an SMTP recipient now (RT-4).</summary>
    public static DeliveryStatus Unreachable { get; } =
        new(451, EnhancedStatusCode.UnableToRoute, "This mail system has no route to the recipient's domain now.", "Unreachable queue");

    /// <summary>The connector's source server is another one (RT-7).</summary>
    public static DeliveryStatus OtherServer { get; } = new(
        451, EnhancedStatusCode.UnableToRoute, "Another server has to deliver to this recipient.");

    /// <summary>Nothing was tried yet: a connector that fails is asked by one message at a time, and the others wait.</summary>
    public static DeliveryStatus NotTried { get; } = new(451, new(4, 0, 0), "The message still waits for its first attempt.");

    /// <summary>An attempt did not end in its DeliveryTimeout (RY-2).</summary>
    public static DeliveryStatus TookTooLong { get; } = new(451, new(4, 4, 2), "The connection to the recipient's system took too long.");

    /// <summary>The connector was taken out of the configuration while a message waited for it.</summary>
    public static DeliveryStatus ConnectorGone { get; } = new(
        451, EnhancedStatusCode.UnableToRoute, "The connection to the recipient's system is not in use any more.");

    /// <summary>Tried until MessageExpirationTimeout ran out.</summary>
    public static DeliveryStatus Expired { get; } =
        new(550, EnhancedStatusCode.DeliveryTimeExpired,
            "The message could not be delivered in the time allowed.", "4.4.7 Message expired", "550 4.4.7 QUEUE.Expired; message expired");

    /// <summary>No connector takes this type of address, or this address of it (RT-4).</summary>
    public static DeliveryStatus NoConnector { get; } =
        new(550, EnhancedStatusCode.BadDestinationSystem, "This mail system has no way to send to this address.",
            "5.4.4 ROUTING.NoConnectorForAddressType; unable to route for address type");

    /// <summary>An X.400 address that is not an attribute list (AS-4).</summary>
    public static DeliveryStatus MalformedX400 { get; } =
        new(550, EnhancedStatusCode.BadDestinationSystem,
            "The recipient is not a well-formed X.400 address.", "5.1.2 Invalid X.400 address");

    /// <summary>An IMCEA address that cannot be unwrapped (IM-2, IM-3).</summary>
    public static DeliveryStatus BadAddress { get; } =
        new(501, EnhancedStatusCode.BadAddressSyntax, "The recipient's address cannot be understood.", "5.1.3 Invalid recipient address");

    /// <summary>Connectors match, but MaxMessageSize of each is too small (RT-4).</summary>
    public static DeliveryStatus TooBigForRoute { get; } =
        new(552, EnhancedStatusCode.MessageTooBig,
            "The message is larger than every connection to the recipient's system allows.", "5.3.4 Message too big for system");

    /// <summary>The connector itself found it too big (DR-7).</summary>
    public static DeliveryStatus TooBigForDestination { get; } =
        new(552, EnhancedStatusCode.MessageTooBig,
            "The message is too big for the recipient's system.", "5.3.4 Message too big for system");

    /// <summary>PickupDirectoryMaxHeaderSize (PU-3).</summary>
    public static DeliveryStatus HeaderTooBig { get; } =
        new(552, EnhancedStatusCode.MessageTooBig,
            "The header of the message is larger than this mail system allows.", "5.3.4 Message too big for system");

    /// <summary>More than <see cref="MaxReceivedFields"/> Received fields, or more than <see cref="MaxPasses"/> of this server
    /// (ND-7).</summary>
    public static DeliveryStatus Loop { get; } =
        new(554, EnhancedStatusCode.RoutingLoop, "The message has passed through too many mail systems and seems to go in circles.",
            "5.4.6 Routing loop detected", "554 5.4.6 Hop count exceeded - possible mail loop");

    /// <summary>PickupDirectoryMaxRecipientsPerMessage (PU-3).</summary>
    public static DeliveryStatus TooManyRecipients { get; } =
        new(550, EnhancedStatusCode.TooManyRecipients,
            "The message has more recipients than this mail system allows.", "5.5.3 Too many recipients");

    /// <summary>A file that breaks a rule of Pickup or Replay (PU-5, RP-2).</summary>
    public static DeliveryStatus InvalidContent { get; } =
        new(554, EnhancedStatusCode.InvalidContent,
            "The message is not in a form that this mail system understands.", "5.5.6 Invalid message content");

    /// <summary>The process died while it worked on it, PoisonThreshold times (ND-4).</summary>
    public static DeliveryStatus Poison { get; } = new(
        554, new(5, 3, 0), "This mail system could not process the message.", "Poison message queue");

    /// <summary>Removed from the queue by hand.</summary>
    public static DeliveryStatus Removed { get; } =
        new(550, new(5, 3, 2), "An administrator removed the message.",
            "4.3.2 QUEUE.Admin", "550 4.3.2 QUEUE.Admin; message deleted by administrative action");

    /// <summary>The most Received fields a message may have before it counts as going in circles.</summary>
    public const int MaxReceivedFields = 50;

    /// <summary>The most Received fields of this server a message may have before it counts as going in circles (ND-7).</summary>
    public const int MaxPasses = 20;

    /// <summary>The table: every cause, success first, then what may pass, then what does not.</summary>
    public static ImmutableArray<DeliveryStatus> All { get; } =
    [
        Delivered, Relayed, HandedOver,
        ConnectorProblem, NoAnswer, DestinationFull, DestinationUnavailable, NamesTaken, Unreachable, OtherServer, NotTried,
        TookTooLong, ConnectorGone, Expired, NoConnector, MalformedX400,
            BadAddress, TooBigForRoute, TooBigForDestination, HeaderTooBig, Loop, TooManyRecipients, InvalidContent, Poison, Removed,
    ];

    /// <summary>What an SMTP server would reply (RFC 5321, section 4.2).</summary>
    public int ReplyCode { get; }

    /// <summary>The RFC 3463 code.</summary>
    public EnhancedStatusCode Code { get; }

    /// <summary>One sentence for people that is safe to show to the sender.</summary>
    public string Text { get; }

    /// <summary>The code and meaning that Exchange's documentation gives the cause; null where it gives none.</summary>
    public string? Exchange { get; }

    /// <summary>The whole reply line: Exchange's own where it is known by it, else the codes and the text.</summary>
    public string Diagnostic { get; }

    /// <summary>The reply line for an outcome, also for one that is not in the table.</summary>
    public static string DiagnosticFor(EnhancedStatusCode code, string text)
    {
        foreach (var status in All)
        {
            // What is said beyond the text of the table stands behind the reply line too.
            if (status.Code == code && text.StartsWith(status.Text, StringComparison.Ordinal))
                return text.Length == status.Text.Length
                    ? status.Diagnostic
                    : $"{status.Diagnostic.TrimEnd('.')};{text[status.Text.Length..]}";
        }
        return ReplyFor(code, text);
    }

    /// <summary>A reply line of our own codes: reply code, enhanced code, text (TR-2).</summary>
    internal static string ReplyFor(EnhancedStatusCode code, string text) => $"{ReplyCodeFor(code)} {code} {text}".TrimEnd();

    // Codes that are not in the table get the general reply of their class.
    private static int ReplyCodeFor(EnhancedStatusCode code) =>
        All.FirstOrDefault(status => status.Code == code)?.ReplyCode ?? code.Class switch { 2 => 250, 4 => 451, _ => 550 };
}
