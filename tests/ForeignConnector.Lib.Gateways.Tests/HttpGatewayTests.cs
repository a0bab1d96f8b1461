using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ForeignConnector.Lib.Gateways.Http;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>PX-2, against a server on loopback.</summary>
public sealed class HttpGatewayTests : IDisposable
{
    private readonly Bench _bench = new();
    private readonly LoopbackServer _server = new();
    private readonly HttpGatewaySettings _settings = new();

    public HttpGatewayTests() => _settings.Url = _server.Url;

    public void Dispose()
    {
        _server.Dispose();
        _bench.Dispose();
    }

    [Theory(DisplayName = "PX-2: what a status means")]
    [InlineData("200 OK", RecipientAction.Delivered, "2.0.0")]
    [InlineData("201 Created", RecipientAction.Delivered, "2.0.0")]
    [InlineData("202 Accepted", RecipientAction.Relayed, "2.0.0")]
    [InlineData("204 No Content", RecipientAction.Delivered, "2.0.0")]
    [InlineData("301 Moved Permanently", RecipientAction.Deferred, "4.3.5")]
    [InlineData("304 Not Modified", RecipientAction.Deferred, "4.3.5")]
    [InlineData("400 Bad Request", RecipientAction.Failed, "5.3.0")]
    [InlineData("401 Unauthorized", RecipientAction.Failed, "5.7.8")]
    [InlineData("403 Forbidden", RecipientAction.Failed, "5.7.1")]
    [InlineData("404 Not Found", RecipientAction.Failed, "5.1.1")]
    [InlineData("408 Request Timeout", RecipientAction.Deferred, "4.4.2")]
    [InlineData("409 Conflict", RecipientAction.Failed, "5.3.0")]
    [InlineData("410 Gone", RecipientAction.Failed, "5.1.1")]
    [InlineData("413 Content Too Large", RecipientAction.Failed, "5.3.4")]
    [InlineData("415 Unsupported Media Type", RecipientAction.Failed, "5.6.1")]
    [InlineData("422 Unprocessable Content", RecipientAction.Failed, "5.3.0")]
    [InlineData("425 Too Early", RecipientAction.Deferred, "4.3.0")]
    [InlineData("429 Too Many Requests", RecipientAction.Deferred, "4.3.2")]
    [InlineData("500 Internal Server Error", RecipientAction.Deferred, "4.3.0")]
    [InlineData("501 Not Implemented", RecipientAction.Deferred, "4.3.0")]
    [InlineData("502 Bad Gateway", RecipientAction.Deferred, "4.3.0")]
    [InlineData("503 Service Unavailable", RecipientAction.Deferred, "4.3.2")]
    [InlineData("504 Gateway Timeout", RecipientAction.Deferred, "4.3.0")]
    [InlineData("599 Whatever", RecipientAction.Deferred, "4.3.0")]
    public async Task Maps_statuses(string status, RecipientAction action, string code)
    {
        Script(_ => status.StartsWith('2') || status.StartsWith("304", StringComparison.Ordinal)
            ? $"HTTP/1.1 {status}\r\n{(status[..3] is "204" or "304" ? "" : "Content-Length: 0\r\n")}\r\n"
            : LoopbackServer.Answer(status, "Location: /elsewhere\r\n"));

        var outcome = Assert.Single(await DeliverAsync(Bench.Request("SMS:+1")));

        Assert.Equal((action, code), (outcome.Action, outcome.Status.ToString()));
        Assert.Equal("127.0.0.1", outcome.RemoteHost);
        // Redirects are not followed.
        Assert.Single(_server.Requests);
    }

    [Theory(DisplayName = "PX-2: Retry-After, in seconds or as a time, is when to try again")]
    [InlineData("120")]
    [InlineData("date")]
    public async Task Reads_retry_after(string value)
    {
        var expected = new DateTimeOffset(_bench.Time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero).AddSeconds(120);
        Script(_ => LoopbackServer.Answer("429 Too Many Requests", $"Retry-After: {(value == "date" ? expected.ToString("r", CultureInfo.InvariantCulture) : value)}\r\n"));

        Assert.Equal(expected, Assert.Single(await DeliverAsync(Bench.Request("SMS:+1"))).NotBefore);
    }

    [Theory(DisplayName = "PX-2: the detail of RFC 9457 is the reason, bounded and on one line")]
    [InlineData("{\"title\":\"t\",\"detail\":\"The number is not valid.\"}", "The number is not valid.")]
    [InlineData("{\"title\":\"No such number\"}", "No such number")]
    [InlineData("{\"detail\":\"a\\r\\nBcc: x\\u0000\\u202ey\"}", "a Bcc: x y")]
    [InlineData("{\"detail\":7}", "The recipient's system refused the message.")]
    [InlineData("not json", "The recipient's system refused the message.")]
    [InlineData("[]", "The recipient's system refused the message.")]
    public async Task Reads_problems(string body, string text)
    {
        Script(_ => LoopbackServer.Answer("400 Bad Request", "", body, "application/problem+json"));

        Assert.Equal(text, Assert.Single(await DeliverAsync(Bench.Request("SMS:+1"))).Text);
    }

    [Fact(DisplayName = "PX-2: a long detail is cut")]
    public async Task Bounds_problems()
    {
        Script(_ => LoopbackServer.Answer("400 Bad Request", "", $"{{\"detail\":\"{new string('x', 60_000)}\"}}", "application/problem+json"));

        Assert.Equal(900, Assert.Single(await DeliverAsync(Bench.Request("SMS:+1"))).Text.Length);
    }

    [Fact(DisplayName = "PX-2: a JSON answer may speak of each recipient")]
    public async Task Reads_answers_about_recipients()
    {
        _settings.RecipientsPerCall = 10;
        var request = Bench.Request("SMS:+1", "SMS:+2", "SMS:+3", "SMS:+4", "SMS:+5");
        Script(_ => LoopbackServer.Answer("200 OK", "", JsonSerializer.Serialize(new
        {
            recipients = new object[]
            {
                new { id = request.IdOf(request.Envelope.Recipients[0]), status = "failed", code = "5.1.1", text = "Nobody." },
                new { address = "+2", status = "deferred", code = "4.2.1", text = "Busy.", retryAfter = 60 },
                new { address = request.Envelope.Recipients[2].Address, status = "relayed" },
                new { address = "+4", status = "nonsense" },
                new { address = "+9", status = "failed" },
                "x",
            },
        })));

        var outcomes = await DeliverAsync(request);

        Assert.Equal(["Failed 5.1.1", "Deferred 4.2.1", "Relayed 2.0.0", "Delivered 2.0.0", "Delivered 2.0.0"], outcomes.Select(each => $"{each.Action} {each.Status}"));
        Assert.Equal(_bench.Time.GetUtcNow().AddSeconds(60), outcomes[1].NotBefore);
        Assert.Equal("Nobody.", outcomes[0].Text);
    }

    [Fact(DisplayName = "PX-2: Message is the message, octet for octet, with the envelope in header fields and our id as Idempotency-Key")]
    public async Task Sends_messages()
    {
        _settings.Method = "PUT";
        _settings.Headers["X-Account"] = "42";
        var request = Bench.Request("SMS:+1 %,\u00fc");

        await DeliverAsync(request);

        var received = Assert.Single(_server.Requests);
        Assert.Equal(("PUT /send HTTP/1.1", Bench.Message, "message/rfc822"), (received.Line, received.Body, received.Headers["Content-Type"]));
        Assert.Equal(
            ("s@f.test", request.Envelope.Recipients[0].Address, "SMS", "+1 %25%2C%C3%BC", "42"),
            (received.Headers["X-Envelope-Sender"], received.Headers["X-Envelope-Recipient"], received.Headers["X-Envelope-Recipient-Type"], received.Headers["X-Envelope-Recipient-Value"], received.Headers["X-Account"]));
        Assert.Equal(request.IdOf(request.Envelope.Recipients[0]), received.Headers["Idempotency-Key"]);
    }

    [Theory(DisplayName = "PX-2: Json has envelope, subject, text and attachments")]
    [InlineData(HttpFormat.Json)]
    [InlineData(HttpFormat.JsonTextOnly)]
    public async Task Sends_json(HttpFormat format)
    {
        _settings.Format = format;
        var attachment = Convert.ToBase64String(RandomNumberGenerator.GetBytes(300_000), Base64FormattingOptions.InsertLineBreaks);
        var request = Bench.RequestWith(
            "Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello \"you\"\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + attachment + "\r\n--b--\r\n", "SMS:+1");

        await DeliverAsync(request);

        var received = Assert.Single(_server.Requests);
        var json = JsonDocument.Parse(received.Body).RootElement;
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        Assert.Equal(("id-1", "s@f.test", "s", "Hello \"you\""), (json.GetProperty("id").GetString(), json.GetProperty("sender").GetString(), json.GetProperty("subject").GetString(), json.GetProperty("text").GetString()));
        var recipient = json.GetProperty("recipients")[0];
        Assert.Equal(("SMS", "+1", request.IdOf(request.Envelope.Recipients[0])), (recipient.GetProperty("type").GetString(), recipient.GetProperty("value").GetString(), recipient.GetProperty("id").GetString()));
        Assert.Equal(format == HttpFormat.Json, json.TryGetProperty("attachments", out var attachments));
        if (format == HttpFormat.Json)
            Assert.Equal(("a.pdf", attachment.ReplaceLineEndings("")), (attachments[0].GetProperty("name").GetString(), attachments[0].GetProperty("content").GetString()));
    }

    [Fact(DisplayName = "PX-2: the token is read for each request; without one the queue waits with 4.3.5")]
    public async Task Reads_the_token()
    {
        _settings.BearerTokenFile = "sms.token";
        using var gateway = Gateway();
        Assert.Equal("4.3.5", Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"))).Status.ToString());
        Assert.Empty(_server.Requests);

        _bench.Directory.Write("sms.token", " one\n");
        await Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"));
        _bench.Directory.Write("sms.token", "two");
        await Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"));
        _bench.Directory.Write("sms.token", "a\r\nX-Evil: 1");

        Assert.Equal("4.3.5", Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"))).Status.ToString());
        Assert.Equal(["Bearer one", "Bearer two"], _server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Fact(DisplayName = "PX-2: nobody there, and a connection that is reset after the request, defer with 4.4.x")]
    public async Task Defers_when_connections_fail()
    {
        _server.Script = (_, stream) =>
        {
            ((NetworkStream)stream).Socket.LingerState = new LingerOption(true, 0);
            ((NetworkStream)stream).Socket.Close();
            return Task.FromResult<string?>(null);
        };
        var reset = Assert.Single(await DeliverAsync(Bench.Request("SMS:+1")));
        _server.Dispose();
        var absent = Assert.Single(await DeliverAsync(Bench.Request("SMS:+1")));

        Assert.Equal([(RecipientAction.Deferred, 4), (RecipientAction.Deferred, 4)], new[] { reset, absent }.Select(each => (each.Action, each.Status.Subject)));
    }

    [Theory(DisplayName = "PX-2: an answer that is garbage, or breaks off in its header, defers")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    public async Task Defers_on_garbage(string answer)
    {
        _server.Script = async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            return null;
        };

        Assert.Equal(RecipientAction.Deferred, Assert.Single(await DeliverAsync(Bench.Request("SMS:+1"))).Action);
    }

    [Theory(DisplayName = "PX-2: a slow answer is given up after Timeout; what its status said already counts")]
    [InlineData("", "4.4.2")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", "2.0.0")]
    [InlineData("HTTP/1.1 400 No\r\nContent-Type: application/problem+json\r\nContent-Length: 100\r\n\r\n{", "5.3.0")]
    public async Task Gives_up_slow_answers(string beginning, string status)
    {
        using var over = new CancellationTokenSource();
        var sent = new TaskCompletionSource();
        _server.Script = async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, over.Token);
            return null;
        };
        var delivery = DeliverAsync(Bench.Request("SMS:+1"));
        await sent.Task;
        while (!delivery.IsCompleted)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Yield();
        }

        // The time counts from the beginning: what was sent may not have been read by then.
        Assert.Contains(Assert.Single(await delivery).Status.ToString(), new[] { status, "4.4.2" });
        await over.CancelAsync();
    }

    [Theory(DisplayName = "PX-2: when the host stops, an answer that comes soon counts; without one nothing is known")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stops(bool answers)
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<string?>();
        _server.Script = (_, _) =>
        {
            asked.SetResult();
            return answer.Task;
        };
        using var gateway = Gateway();
        var delivery = Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"), stop.Token);
        await asked.Task;

        await stop.CancelAsync();
        Assert.False(delivery.IsCompleted);
        if (answers)
        {
            answer.SetResult(LoopbackServer.Answer("200 OK"));
            Assert.Equal(RecipientAction.Delivered, Assert.Single(await delivery).Action);
            return;
        }
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        answer.SetResult(null);
    }

    [Theory(DisplayName = "PX-2: an answer of 1 GB is not read")]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task Does_not_read_huge_answers(string type)
    {
        var written = 0L;
        var ended = new TaskCompletionSource();
        _server.Script = async (_, stream) =>
        {
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {1L << 30}\r\n\r\n"));
                for (var octets = new byte[64 * 1024]; written < 1L << 30; written += octets.Length)
                    await stream.WriteAsync(octets);
            }
            finally
            {
                ended.SetResult();
            }
            return null;
        };

        Assert.Equal(RecipientAction.Delivered, Assert.Single(await DeliverAsync(Bench.Request("SMS:+1"))).Action);

        await ended.Task;
        Assert.InRange(written, 0, 100_000_000);
    }

    [Fact(DisplayName = "PX-2: TLS is checked")]
    public async Task Checks_tls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var server = new LoopbackServer(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null));
        _settings.Url = server.Url;

        var outcome = Assert.Single(await DeliverAsync(Bench.Request("SMS:+1")));

        Assert.Equal((RecipientAction.Deferred, "4.7.5"), (outcome.Action, outcome.Status.ToString()));
        Assert.Empty(server.Requests);
    }

    [Fact(DisplayName = "PX-2: requests go through the client of IHttpClientFactory")]
    public async Task Uses_the_factory()
    {
        var services = new ServiceCollection();
        services.AddHttpAgent();
        services.AddHttpClient(GatewayTypes.HttpClientName).ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("X-Own", "1"));
        await using var provider = services.BuildServiceProvider();
        var context = _bench.Context;
        using var gateway = new HttpGateway(
            new ConnectorContext { Name = context.Name, ServerName = context.ServerName, BaseDirectory = context.BaseDirectory, Files = context.Files, Time = context.Time, Loggers = context.Loggers, Services = provider },
            _settings);
        Script(_ => LoopbackServer.Answer("302 Found", "Location: /elsewhere\r\n"));

        Assert.Equal("4.3.5", Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request("SMS:+1"))).Status.ToString());
        Assert.Equal("1", Assert.Single(_server.Requests).Headers["X-Own"]);
    }

    [Theory(DisplayName = "PX-2: wrong settings come with their keys")]
    [InlineData("", "", "Url")]
    [InlineData("ftp://x.test", "", "Url")]
    [InlineData("http://sms.example/send", "", "Url")]
    [InlineData("https://user:secret@sms.example", "", "Url")]
    [InlineData("https://sms.example", "Content-Type", "Headers:Content-Type")]
    [InlineData("https://sms.example", "a b", "Headers:a b")]
    [InlineData("https://sms.example", "Authorization", "Headers:Authorization")]
    [InlineData("http://127.0.0.1/send", "", null)]
    [InlineData("http://[::1]/send", "", null)]
    [InlineData("http://localhost/send", "", null)]
    [InlineData("http://named.example/send", "", null)]
    [InlineData("https://sms.example/send", "X-Account", null)]
    public void Tells_errors(string url, string header, string? key)
    {
        var settings = new HttpGatewaySettings { Url = url, BearerTokenFile = "t" };
        settings.PlainHttpHosts.Add("named.example");
        if (header.Length > 0)
            settings.Headers[header] = "x";

        Assert.Equal(key is null ? [] : [key], settings.Problems().Select(problem => problem.Split(": ")[0]));
    }

    private void Script(Func<Received, string> answer) => _server.Script = (request, _) => Task.FromResult<string?>(answer(request));

    private HttpGateway Gateway() => new(_bench.Context, _settings);

    private async Task<RecipientOutcome[]> DeliverAsync(Delivery.DeliveryRequest request)
    {
        using var gateway = Gateway();
        return await Bench.DeliverAsync(gateway, request);
    }
}
