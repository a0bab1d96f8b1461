using System.Text;
using ForeignConnector.Lib.Mail.Outcomes;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Smtp.Tests.Agent;

/// <summary>SM-1: TLS and login.</summary>
public sealed class SecurityTests : IDisposable
{
    private readonly Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory(DisplayName = "SM-1: TLS from the first octet or by STARTTLS, with a private authority")]
    [InlineData(SmtpSecurity.Tls)]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.StartTlsWhenAvailable)]
    public async Task Private_authority(SmtpSecurity security)
    {
        using var certificate = _certificates.Issue("127.0.0.1");
        await using var bench = Bench(new ScriptedSmtpServer { Certificate = certificate, IsTls = security == SmtpSecurity.Tls }, security, _certificates.AuthorityPem);

        Assert.Equal(RecipientAction.Delivered, (await bench.DeliverOneAsync()).Action);

        Assert.Equal(security == SmtpSecurity.Tls ? 0 : 1, bench.Server.Sent("STARTTLS").Length);
    }

    [Theory(DisplayName = "SM-1: a certificate of another authority, or of another host, is never trusted")]
    [InlineData("127.0.0.1", "other authority")]
    [InlineData("mail.example.net", "ours")]
    [InlineData("127.0.0.1", "none")]
    public async Task Certificates_are_checked(string host, string authority)
    {
        using var others = new Certificates();
        using var certificate = _certificates.Issue(host);
        foreach (var security in new[] { SmtpSecurity.Tls, SmtpSecurity.StartTls, SmtpSecurity.StartTlsWhenAvailable })
        {
            await using var bench = Bench(new ScriptedSmtpServer { Certificate = certificate, IsTls = security == SmtpSecurity.Tls }, security,
                authority switch { "ours" => _certificates.AuthorityPem, "none" => null, _ => others.AuthorityPem });

            var verdict = (await bench.OpenAsync()).Verdict;

            Assert.Equal("4.7.5", verdict?.Response.EnhancedStatusCode.ToString());
            Assert.Empty(bench.Server.Sent("MAIL"));
        }
    }

    [Theory(DisplayName = "SM-1: a file of the authority that is missing, or holds none, lets the queue wait")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task Unreadable_authority(string? text)
    {
        using var certificate = _certificates.Issue("127.0.0.1");
        await using var bench = Bench(new ScriptedSmtpServer { Certificate = certificate }, SmtpSecurity.StartTls, text);
        bench.Options.CertificateAuthorityFile = "ca.pem";

        Assert.Equal("4.3.5", (await bench.OpenAsync()).Verdict?.Response.EnhancedStatusCode.ToString());
    }

    [Theory(DisplayName = "SM-1: where STARTTLS is demanded, nothing is sent to a server that does not offer it or refuses it")]
    [InlineData(false, null, "451 4.7.4")]
    [InlineData(true, "454 4.7.0 not now", "4.7.0")]
    [InlineData(true, "220 go on\r\n250 injected", "4.5.0")]
    public async Task Downgrade(bool isOffered, string? reply, string expected)
    {
        using var certificate = _certificates.Issue("127.0.0.1");
        await using var bench = Bench(
            new ScriptedSmtpServer(line => line == "STARTTLS" ? reply : null) { Certificate = isOffered ? certificate : null },
            SmtpSecurity.StartTls, _certificates.AuthorityPem);

        var verdict = (await bench.OpenAsync()).Verdict;

        Assert.Contains(expected[^5..], verdict?.Response.ToString(), StringComparison.Ordinal);
        Assert.Empty(bench.Server.Sent("MAIL"));
    }

    [Fact(DisplayName = "SM-1: StartTlsWhenAvailable goes on without TLS where it is not offered")]
    public async Task When_available()
    {
        await using var bench = Bench(new ScriptedSmtpServer(), SmtpSecurity.StartTlsWhenAvailable, null);

        Assert.Equal(RecipientAction.Delivered, (await bench.DeliverOneAsync()).Action);
    }

    [Fact(DisplayName = "SM-1: logs in with the password of a file, read for each connection")]
    public async Task Password_file()
    {
        await using var bench = Bench(new ScriptedSmtpServer(), SmtpSecurity.None, null);
        bench.Server.Extensions.Add("AUTH LOGIN PLAIN");
        (bench.Options.UserName, bench.Options.PasswordFile) = ("fax", "smtp.password");
        Assert.Equal("4.3.5", (await bench.OpenAsync()).Verdict?.Response.EnhancedStatusCode.ToString());
        Assert.DoesNotContain(bench.Directory.Path, (await bench.OpenAsync()).Verdict!.Response.StatusText, StringComparison.Ordinal);

        bench.Directory.Write("smtp.password", "s3cret\n");
        await bench.DeliverOneAsync();
        bench.Directory.Write("smtp.password", "other");
        await bench.DeliverOneAsync();

        Assert.Equal(
            ["\0fax\0s3cret", "\0fax\0other"],
            bench.Server.Sent("AUTH").Select(line => Encoding.UTF8.GetString(Convert.FromBase64String(line["AUTH PLAIN ".Length..]))));
    }

    [Fact(DisplayName = "SM-1: a password in the configuration works, and is warned about")]
    public async Task Password_in_configuration()
    {
        await using var bench = Bench(new ScriptedSmtpServer(), SmtpSecurity.None, null, options => (options.UserName, options.Password) = ("fax", "s3cret"));
        bench.Server.Extensions.Add("AUTH LOGIN");
        var answers = 0;
        bench.Server.Script = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "334 VXNlcm5hbWU6"
            : line is "ZmF4" ? "334 UGFzc3dvcmQ6" : line is "czNjcmV0" ? $"235 2.7.0 {++answers}" : null;

        Assert.Equal(RecipientAction.Delivered, (await bench.DeliverOneAsync()).Action);

        Assert.Equal(1, answers);
        Assert.Contains(bench.Logs.GetSnapshot(), record => record.Level == LogLevel.Warning && record.Message.Contains("PasswordFile", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Logs.GetSnapshot(), record => record.Message.Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "SM-1: logs in with the token of a service")]
    [InlineData("AUTH XOAUTH2", "user=fax\u0001auth=Bearer t0ken\u0001\u0001")]
    [InlineData("AUTH PLAIN OAUTHBEARER", "n,a=fax,\u0001auth=")]
    public async Task Token(string offer, string expected)
    {
        await using var bench = new AgentBench(new ScriptedSmtpServer(), credentials: new Tokens());
        bench.Server.Extensions.Add(offer);

        await bench.DeliverOneAsync();

        var sent = Assert.Single(bench.Server.Sent("AUTH")).Split(' ')[2];
        Assert.StartsWith(expected[..9], Encoding.UTF8.GetString(Convert.FromBase64String(sent)), StringComparison.Ordinal);
        Assert.Contains("t0ken", Encoding.UTF8.GetString(Convert.FromBase64String(sent)), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "SM-1: a login that is refused, or that the server does not offer, lets the queue wait")]
    [InlineData("AUTH PLAIN", "535 5.7.8 wrong password", "4.7.8")]
    [InlineData("AUTH PLAIN", "454 4.7.0 not now", "4.7.0")]
    [InlineData("AUTH GSSAPI", null, "4.7.4")]
    [InlineData("HELP", null, "4.7.4")]
    public async Task Refused_login(string offer, string? reply, string expected)
    {
        await using var bench = new AgentBench(
            new ScriptedSmtpServer(line => line.StartsWith("AUTH", StringComparison.Ordinal) ? reply : null),
            options => (options.UserName, options.Password) = ("fax", "s3cret"));
        bench.Server.Extensions.Add(offer);

        var verdict = (await bench.OpenAsync()).Verdict;

        Assert.Equal((expected, false), (verdict?.Response.EnhancedStatusCode.ToString(), verdict?.IsFailure));
        Assert.DoesNotContain("s3cret", verdict!.Response.StatusText, StringComparison.Ordinal);
    }

    private static AgentBench Bench(
        ScriptedSmtpServer server, SmtpSecurity security, string? authority, Action<SmtpAgentOptions>? configure = null)
    {
        var bench = new AgentBench(server, options =>
        {
            options.Security = security;
            options.CertificateAuthorityFile = authority is null ? null : "ca.pem";
            configure?.Invoke(options);
        });
        if (authority is not null)
            bench.Directory.Write("ca.pem", authority);
        return bench;
    }

    private sealed class Tokens : ISmtpCredentials
    {
        public ValueTask<SmtpCredential?> GetAsync(string connectorName, string smartHost, CancellationToken cancellationToken) =>
            new(SmtpCredential.AccessToken("fax", "t0ken"));
    }
}
