using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Gateways.Http;

/// <summary>The bodies of requests. Large messages stream.</summary>
internal static class HttpBody
{
    public static HttpContent Of(DeliveryRequest request, HttpGatewaySettings settings) => settings.Format == HttpFormat.Message
        ? new OctetBody(request.Content)
        : new JsonBody(request, settings.MaxTextLength, settings.Format == HttpFormat.Json);

    /// <summary>
    /// The envelope of a message in header fields. What is not printable ASCII, and <c>%</c>, is written as <c>%</c> and two hex digits for
    /// each octet of UTF-8.
    /// </summary>
    public static void AddEnvelope(HttpRequestHeaders headers, DeliveryRequest request)
    {
        headers.TryAddWithoutValidation("X-Envelope-Id", request.Id);
        headers.TryAddWithoutValidation("X-Envelope-Sender", Escaped(request.Envelope.Sender));
        foreach (var recipient in request.Envelope.Recipients)
        {
            headers.TryAddWithoutValidation("X-Envelope-Recipient", Escaped(recipient.Address));
            headers.TryAddWithoutValidation("X-Envelope-Recipient-Type", Escaped(recipient.Type));
            headers.TryAddWithoutValidation("X-Envelope-Recipient-Value", Escaped(recipient.Value));
        }
    }

    private static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (octet is >= (byte)' ' and <= (byte)'~' and not (byte)'%' and not (byte)',')
                text.Append((char)octet);
            else
                text.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private sealed class OctetBody : HttpContent
    {
        private readonly MessageContent _content;

        public OctetBody(MessageContent content)
        {
            _content = content;
            Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var octets = _content.OpenRead();
            await using (octets.ConfigureAwait(false))
                await octets.CopyToAsync(stream).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Length;
            return true;
        }
    }

    private sealed class JsonBody : HttpContent
    {
        private const int FlushAt = 64 * 1024;

        private readonly DeliveryRequest _request;
        private readonly int _maxLength;
        private readonly bool _withAttachments;

        public JsonBody(DeliveryRequest request, int maxLength, bool withAttachments)
        {
            (_request, _maxLength, _withAttachments) = (request, maxLength, withAttachments);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var text = MessageText.Read(_request.Content, _maxLength);
            var json = new Utf8JsonWriter(stream);
            await using (json.ConfigureAwait(false))
            {
                json.WriteStartObject();
                json.WriteString("id", _request.Id);
                json.WriteNumber("attempt", _request.Attempt);
                json.WriteString("sender", _request.Envelope.Sender);
                json.WriteStartArray("recipients");
                foreach (var recipient in _request.Envelope.Recipients)
                {
                    json.WriteStartObject();
                    json.WriteString("id", _request.IdOf(recipient));
                    json.WriteString("address", recipient.Address);
                    json.WriteString("type", recipient.Type);
                    json.WriteString("value", recipient.Value);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteString("subject", text.Subject);
                json.WriteString("text", text.Text);
                json.WriteBoolean("isCut", text.IsCut);
                if (_withAttachments)
                    await WriteAttachmentsAsync(json, text).ConfigureAwait(false);
                json.WriteEndObject();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private static async Task WriteAttachmentsAsync(Utf8JsonWriter json, MessageText text)
        {
            json.WriteStartArray("attachments");
            foreach (var attachment in text.Attachments)
            {
                json.WriteStartObject();
                json.WriteString("name", attachment.Name);
                json.WriteString("contentType", attachment.ContentType);
                json.WritePropertyName("content");
                var base64 = new Base64Stream(json, FlushAt);
                await using (base64.ConfigureAwait(false))
                {
                    await attachment.WriteToAsync(base64).ConfigureAwait(false);
                    base64.Finish();
                }
                json.WriteEndObject();
                await json.FlushAsync().ConfigureAwait(false);
            }
            json.WriteEndArray();
        }
    }
}
