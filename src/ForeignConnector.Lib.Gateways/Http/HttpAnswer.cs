using System.Globalization;
using System.Text.Json;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Gateways.Http;

/// <summary>What a web service answered, and what that means for the recipients of the request (PX-2).</summary>
internal sealed class HttpAnswer
{
    // Of an answer; more says nothing that a report could quote.
    private const int MaxBody = 64 * 1024;

    private readonly int _status;
    private readonly JsonElement? _json;
    private readonly DateTimeOffset? _notBefore;
    private readonly DateTimeOffset _now;

    private HttpAnswer(int status, JsonElement? json, DateTimeOffset? notBefore, DateTimeOffset now) =>
        (_status, _json, _notBefore, _now) = (status, json, notBefore, now);

    /// <summary>Reads an answer. What its status says counts, also when its body breaks off or does not end.</summary>
    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var notBefore = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => now + delta,
            { Date: { } date } => date,
            _ => (DateTimeOffset?)null,
        };
        return new((int)response.StatusCode, await JsonAsync(response, cancellationToken).ConfigureAwait(false), notBefore, now);
    }

    /// <summary>The outcomes.</summary>
    public DeliveryReport ToReport(DeliveryRequest request, string host)
    {
        var told = Told(request);
        return DeliveryReport.ForAll(
            request, recipient => (told.GetValueOrDefault(request.IdOf(recipient)) ?? Whole)(recipient) with { RemoteHost = host });
    }

    private Func<EnvelopeRecipient, RecipientOutcome> Whole => _status switch
    {
        202 => RecipientOutcome.Relayed,
        >= 200 and < 300 => RecipientOutcome.Delivered,
        // The administrator's gap is not the sender's fault.
        >= 300 and < 400 => Of(new(4, 3, 5), "The recipient's system is at another address now."),
        408 => Of(new(4, 4, 2), "The recipient's system took too long."),
        429 or 503 => Of(new(4, 3, 2), "The recipient's system takes no messages now."),
        425 or >= 500 => Of(new(4, 3, 0), "The recipient's system had a problem."),
        401 => Of(new(5, 7, 8), "The recipient's system did not accept the credentials of this one."),
        402 or 403 => Of(new(5, 7, 1), "The recipient's system does not allow this."),
        404 or 410 => Of(new(5, 1, 1), "The recipient's system does not know the recipient."),
        413 => Of(DeliveryStatus.TooBigForDestination.Code, DeliveryStatus.TooBigForDestination.Text),
        415 => Of(new(5, 6, 1), "The recipient's system does not take messages of this kind."),
        >= 400 => Of(new(5, 3, 0), "The recipient's system refused the message."),
        _ => Of(new(4, 3, 0), "The recipient's system answered what cannot be understood."),
    };

    // RFC 9457: what people should read is the detail, else the title.
    private Func<EnvelopeRecipient, RecipientOutcome> Of(EnhancedStatusCode code, string text)
    {
        var detail = CleanText.Line(Text(_json, "detail") ?? Text(_json, "title") ?? "");
        var diagnostic = string.Create(CultureInfo.InvariantCulture, $"{_status}{(detail.Length > 0 ? " " : "")}{detail}");
        return Outcome(code, code.Class == 5 && detail.Length > 0 ? detail : text, diagnostic, _notBefore);
    }

    private static Func<EnvelopeRecipient, RecipientOutcome> Outcome(
        EnhancedStatusCode code, string text, string diagnostic, DateTimeOffset? notBefore) => recipient =>
        (code.Class == 4 ? RecipientOutcome.Deferred(recipient, code, text) : RecipientOutcome.Failed(recipient, code, text)) with
        {
            Diagnostic = new("x-http", diagnostic),
            NotBefore = code.Class == 4 ? notBefore : null,
        };

    // {"recipients": [{"id": …, "status": "delivered|relayed|deferred|failed", "code": "4.2.1", "text": …, "retryAfter": seconds}]}
    private Dictionary<string, Func<EnvelopeRecipient, RecipientOutcome>> Told(DeliveryRequest request)
    {
        var told = new Dictionary<string, Func<EnvelopeRecipient, RecipientOutcome>>(StringComparer.Ordinal);
        if (_status is < 200 or >= 300 || _json is not { ValueKind: JsonValueKind.Object } answer
            || !answer.TryGetProperty("recipients", out var recipients) || recipients.ValueKind != JsonValueKind.Array)
            return told;
        foreach (var each in recipients.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.Object))
        {
            var (id, address) = (Text(each, "id"), Text(each, "address"));
            var meant = request.Envelope.Recipients.FirstOrDefault(recipient => id is not null
                ? request.IdOf(recipient) == id
                : address is not null && (recipient.Address == address || recipient.Value == address));
            if (meant is not null && One(each) is { } outcome)
                told.TryAdd(request.IdOf(meant), outcome);
        }
        return told;
    }

    private Func<EnvelopeRecipient, RecipientOutcome>? One(JsonElement each)
    {
        var text = CleanText.Line(Text(each, "text") ?? "");
        var expected = 5;
        switch (Text(each, "status")?.ToLowerInvariant())
        {
            case "delivered":
                return RecipientOutcome.Delivered;
            case "relayed":
                return RecipientOutcome.Relayed;
            case "deferred":
                expected = 4;
                break;
            case "failed":
                break;
            default:
                return null;
        }
        if (!EnhancedStatusCode.TryParse(Text(each, "code"), out var code) || code.Class != expected)
            code = new(expected, expected == 4 ? 2 : 3, 0);
        var notBefore = each.TryGetProperty("retryAfter", out var wait) && wait.ValueKind == JsonValueKind.Number
            && wait.TryGetDouble(out var seconds) && seconds is > 0 and < 1e7 ? _now + TimeSpan.FromSeconds(seconds) : _notBefore;
        return Outcome(
            code, text.Length > 0 ? text : "The recipient's system gave no reason.",
            string.Create(CultureInfo.InvariantCulture, $"{_status} {code} {text}").TrimEnd(), notBefore);
    }

    private static string? Text(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Null when there is none that can be read.
    private static async Task<JsonElement?> JsonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is null || !(type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)))
            return null;
        try
        {
            var body = new byte[MaxBody + 1];
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            int length;
            await using (stream.ConfigureAwait(false))
                length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
            if (length > MaxBody)
                return null;
            using var document = JsonDocument.Parse(body.AsMemory(0, length));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or IOException or OperationCanceledException or HttpRequestException
            or InvalidOperationException)
        {
            return null;
        }
    }
}
