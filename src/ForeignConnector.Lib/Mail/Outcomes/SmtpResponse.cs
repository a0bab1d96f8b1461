using System.Globalization;

namespace ForeignConnector.Lib.Mail.Outcomes;

/// <summary>
/// A response in the form of SMTP: a reply code (RFC 5321, 4.2), an enhanced status code (RFC 3463) and a text. Delivery agents speak in it
/// about a whole queue, whatever the protocol behind them. Immutable.
/// </summary>
public sealed record SmtpResponse
{
    private const int MaxLength = 900;

    /// <summary>A response.</summary>
    /// <param name="statusCode">The reply code, 200 to 599.</param>
    /// <param name="enhancedStatusCode">The enhanced status code, of the class that the reply code has.</param>
    /// <param name="statusText">
    /// The text, safe to show to the sender. Control characters become blanks, and the text ends after 900 characters.
    /// </param>
    /// <exception cref="ArgumentException">The reply code is none, or the classes disagree.</exception>
    public SmtpResponse(int statusCode, EnhancedStatusCode enhancedStatusCode, string statusText)
    {
        ArgumentNullException.ThrowIfNull(statusText);
        if (statusCode / 100 is not (2 or 4 or 5))
            throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A reply code is 2xx, 4xx or 5xx (RFC 5321, 4.2.1).");
        if (enhancedStatusCode.Class != statusCode / 100)
            throw new ArgumentException(
                $"The class of {enhancedStatusCode} is not that of {statusCode} (RFC 2034, 4).", nameof(enhancedStatusCode));
        (StatusCode, EnhancedStatusCode, StatusText) = (statusCode, enhancedStatusCode, DiagnosticCode.OneLine(statusText, MaxLength));
    }

    /// <summary>The reply code.</summary>
    public int StatusCode { get; }

    /// <summary>The enhanced status code.</summary>
    public EnhancedStatusCode EnhancedStatusCode { get; }

    /// <summary>The text, on one line.</summary>
    public string StatusText { get; }

    /// <summary>The codes and the text of a cause that the table knows.</summary>
    public static SmtpResponse Of(DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new(status.ReplyCode, status.Code, status.Text);
    }

    /// <summary><c>450 4.4.1 text</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StatusCode} {EnhancedStatusCode} {StatusText}");
}
