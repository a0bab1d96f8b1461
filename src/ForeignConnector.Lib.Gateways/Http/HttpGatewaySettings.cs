using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Gateways.Http;

/// <summary>What the body of a request is.</summary>
public enum HttpFormat
{
    /// <summary>The message as <c>message/rfc822</c>, octet for octet; its envelope stands in header fields.</summary>
    Message,

    /// <summary>JSON with envelope, subject, text and attachments.</summary>
    Json,

    /// <summary>JSON with envelope, subject and text.</summary>
    JsonTextOnly,
}

/// <summary>The section <c>Http</c> of a connector with <c>"DeliveryProtocol": "HTTP"</c> (PX-2).</summary>
public sealed class HttpGatewaySettings
{
    private static readonly string[] OwnHeaders = ["Idempotency-Key", "Content-Type", "Content-Length", "Transfer-Encoding"];

    /// <summary>Where requests go; https, or http to this machine.</summary>
    public string Url { get; set; } = "";

    /// <summary>The method.</summary>
    /// <value>Default <c>POST</c>.</value>
    public string Method { get; set; } = "POST";

    /// <summary>What the body of a request is.</summary>
    /// <value>Default <see cref="HttpFormat.Message"/>.</value>
    public HttpFormat Format { get; set; } = HttpFormat.Message;

    /// <summary>Header fields of every request.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>A file with the token of the Authorization field, read for each request.</summary>
    /// <value>Default none.</value>
    public string? BearerTokenFile { get; set; }

    /// <summary>How long a request may take, its answer included.</summary>
    /// <value>Default 100 seconds; 1 second to 1 hour. Less than the connector's <c>DeliveryTimeout</c>.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How many recipients one request has.</summary>
    /// <value>Default 1; 1 to 1000.</value>
    public int RecipientsPerCall { get; set; } = 1;

    /// <summary>Hosts that plain http may go to, by name, beside this machine.</summary>
    /// <value>Default none.</value>
    public IList<string> PlainHttpHosts { get; } = [];

    /// <summary>The most characters of the text in JSON; what is longer is cut, with a note.</summary>
    /// <value>Default 100,000; 100 to 10,000,000.</value>
    public int MaxTextLength { get; set; } = Texts.MessageText.DefaultMaxLength;

    /// <summary>The keys of the section.</summary>
    public static ConfigurationTable<HttpGatewaySettings> Keys { get; } = new ConfigurationTable<HttpGatewaySettings>()
        .Text(nameof(Url), s => s.Url, (s, value) => s.Url = value, new()
        {
            Range = "an address; https, or http to this machine",
            Rule = "PX-2",
            Meaning = "where requests go; redirects are not followed",
        })
        .Text(nameof(Method), s => s.Method, (s, value) => s.Method = value, new()
        {
            Default = "`POST`",
            Range = "a method",
            Rule = "PX-2",
            Meaning = "the method of requests",
        }, check: text => IsToken(text) ? null : "must be a method such as POST")
        .Choice(nameof(Format), s => s.Format, (s, value) => s.Format = value, new()
        {
            Default = "`Message`",
            Range = "`Message`, `Json`, `JsonTextOnly`",
            Rule = "PX-2",
            Meaning = "what the body of a request is",
        })
        .Map(nameof(Headers), s => s.Headers, new()
        {
            Default = "none",
            Range = "name: value",
            Rule = "PX-2",
            Meaning = "header fields of every request",
        })
        .Text(nameof(BearerTokenFile), s => s.BearerTokenFile, (s, value) => s.BearerTokenFile = value, new()
        {
            Default = "none",
            Range = "a file",
            Rule = "PX-2",
            Meaning = "a file with the token of the Authorization field, read for each request",
        }, check: ConfigurationText.NotEmpty)
        .Time(nameof(Timeout), s => s.Timeout, (s, value) => s.Timeout = value, new()
        {
            Default = "`00:01:40`",
            Range = "1 s to 1 h, less than `DeliveryTimeout`",
            Rule = "PX-2",
            Meaning = "how long a request may take, its answer included",
        }, least: "00:00:01", most: "01:00:00")
        .Number(nameof(RecipientsPerCall), s => s.RecipientsPerCall, (s, value) => s.RecipientsPerCall = value, new()
        {
            Default = "1",
            Range = "1 to 1000",
            Rule = "PX-2",
            Meaning = "how many recipients one request has",
        }, least: 1, most: 1000)
        .List(nameof(PlainHttpHosts), s => s.PlainHttpHosts, new()
        {
            Default = "none",
            Range = "names of hosts",
            Rule = "PX-2",
            Meaning = "hosts that plain http may go to beside this machine",
        })
        .Number(nameof(MaxTextLength), s => s.MaxTextLength, (s, value) => s.MaxTextLength = value, new()
        {
            Default = "100000",
            Range = "100 to 10000000",
            Rule = "PX-3",
            Meaning = "the most characters of the text in JSON; what is longer is cut, with a note",
        }, least: 100, most: 10_000_000);

    /// <summary>What is wrong with the settings as a whole.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            yield return $"{nameof(Url)}: '{Url}' is not an address; write one like https://sms.example/send";
        else if (uri.UserInfo.Length > 0)
            yield return $"{nameof(Url)}: must not hold a user; use Headers or BearerTokenFile";
        else if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback && !PlainHttpHosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase))
            yield return $"{nameof(Url)}: everybody on the way reads plain http; use https, or name '{uri.Host}' in PlainHttpHosts";
        foreach (var (name, value) in Headers)
        {
            if (OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
                yield return $"{nameof(Headers)}:{name}: is made by the connector";
            else if (!IsToken(name) || value.Any(c => c is not (>= ' ' and <= '~')))
                yield return $"{nameof(Headers)}:{name}: is no header field; write a name, and a value of printable ASCII";
        }
        if (BearerTokenFile is not null && Headers.ContainsKey("Authorization"))
            yield return $"{nameof(Headers)}:Authorization: has no meaning beside BearerTokenFile; take one of the two away";
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
