using System.Globalization;

namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>An enhanced mail system status code, <c>class.subject.detail</c> (RFC 3463). The default value is no code: 0.0.0.</summary>
public readonly record struct EnhancedStatusCode
{
    /// <summary>A code.</summary>
    /// <param name="class">2 success, 4 persistent transient failure, 5 permanent failure.</param>
    /// <param name="subject">0 to 999; what the status is about, for example 1 addressing, 2 mailbox, 3 mail system.</param>
    /// <param name="detail">0 to 999.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is another one.</exception>
    public EnhancedStatusCode(int @class, int subject, int detail)
    {
        if (@class is not (2 or 4 or 5))
            throw new ArgumentOutOfRangeException(nameof(@class), @class, "The class is 2, 4 or 5 (RFC 3463, 2).");
        if (subject is < 0 or > Most)
            throw new ArgumentOutOfRangeException(nameof(subject), subject, "The subject is 0 to 999 (RFC 3463, 2).");
        if (detail is < 0 or > Most)
            throw new ArgumentOutOfRangeException(nameof(detail), detail, "The detail is 0 to 999 (RFC 3463, 2).");
        (Class, Subject, Detail) = (@class, subject, detail);
    }

    private const int Most = 999;

    /// <summary>2 success, 4 persistent transient failure, 5 permanent failure.</summary>
    public int Class { get; }

    /// <summary>What the status is about, for example 1 addressing, 2 mailbox, 3 mail system.</summary>
    public int Subject { get; }

    /// <summary>The detail of the subject.</summary>
    public int Detail { get; }

    /// <summary>2.0.0: success.</summary>
    public static readonly EnhancedStatusCode Success = new(2, 0, 0);

    /// <summary>4.3.0: a system of ours had a problem that may pass (disk error, unexpected exception).</summary>
    public static readonly EnhancedStatusCode SystemProblem = new(4, 3, 0);

    /// <summary>4.3.1: the mail system is full (DR-6).</summary>
    public static readonly EnhancedStatusCode SystemFull = new(4, 3, 1);

    /// <summary>4.3.2: the system is not accepting messages now (DR-2).</summary>
    public static readonly EnhancedStatusCode NotAccepting = new(4, 3, 2);

    /// <summary>4.4.4: unable to route now; also for recipients that another server must deliver.</summary>
    public static readonly EnhancedStatusCode UnableToRoute = new(4, 4, 4);

    /// <summary>5.1.2: bad destination system; no connector takes this type of address (RT-4).</summary>
    public static readonly EnhancedStatusCode BadDestinationSystem = new(5, 1, 2);

    /// <summary>5.1.3: bad destination address syntax (IM-2).</summary>
    public static readonly EnhancedStatusCode BadAddressSyntax = new(5, 1, 3);

    /// <summary>5.3.4: the message is too big for every connector that takes the recipient (RT-4).</summary>
    public static readonly EnhancedStatusCode MessageTooBig = new(5, 3, 4);

    /// <summary>5.4.6: the message goes in circles.</summary>
    public static readonly EnhancedStatusCode RoutingLoop = new(5, 4, 6);

    /// <summary>5.4.7: the time allowed for delivery ran out.</summary>
    public static readonly EnhancedStatusCode DeliveryTimeExpired = new(5, 4, 7);

    /// <summary>5.5.3: more recipients than are allowed (PU-3).</summary>
    public static readonly EnhancedStatusCode TooManyRecipients = new(5, 5, 3);

    /// <summary>5.6.0: the message is not one (PU-5, RP-2).</summary>
    public static readonly EnhancedStatusCode InvalidContent = new(5, 6, 0);

    /// <summary><c>class.subject.detail</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    /// <summary>Reads <c>class.subject.detail</c>: three numbers without leading zeros, and nothing else.</summary>
    /// <returns>False when the text is no code.</returns>
    public static bool TryParse(string? text, out EnhancedStatusCode code)
    {
        code = default;
        if (text?.Split('.') is not [var first, var second, var third] || first is not ("2" or "4" or "5")
            || !Number(second, out var subject) || !Number(third, out var detail))
            return false;
        code = new EnhancedStatusCode(first[0] - '0', subject, detail);
        return true;
    }

    private static bool Number(string digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Most
        && (digits.Length == 1 || digits[0] != '0');
}
