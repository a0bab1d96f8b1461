using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ForeignConnector.Lib.Smtp.Tests.Peers;

/// <summary>
/// A Postfix of its own, with directories of its own, on a loopback port. It delivers to maildirs of <c>peer.example</c>, and what is for
/// <c>contoso.com</c> to another port. Postfix is started by root alone.
/// </summary>
internal sealed class PostfixPeer : IDisposable
{
    private const string Command = "/usr/sbin/postfix";

    private readonly TempDirectory _directory = new();
    private bool _isRunning;

    public PostfixPeer(int homePort, Certificates? certificates = null)
    {
        Port = FreePort();
        Run("chmod", "755", _directory.Path);
        foreach (var name in new[] { "conf", "queue", "data", "mail" })
            Directory.CreateDirectory(_directory[name]);
        Run("chown", "postfix", _directory["data"]);
        Run("chown", "nobody", _directory["mail"]);
        if (certificates is not null)
        {
            using var certificate = certificates.Issue("localhost");
            using var key = certificate.GetECDsaPrivateKey()!;
            _directory.Write("tls.pem", key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
        }
        _directory.Write("conf/main.cf", MainCf(homePort, certificates is not null));
        _directory.Write("conf/master.cf", MasterCf());
    }

    public int Port { get; }

    public string Log => File.Exists(_directory["data/log"]) ? _directory.Read("data/log") : "";

    /// <summary>Ends a test that cannot run here: skipped, or failed where peers are required (FC_REQUIRE_PEERS=1).</summary>
    public static void Require()
    {
        var reason = !OperatingSystem.IsLinux() ? "Postfix is tried on Linux only"
            : !File.Exists(Command) ? $"{Command} is missing: apt-get install postfix"
            : Environment.UserName != "root" ? "Postfix is started by root alone"
            : null;
        Assert.False(reason is not null && Environment.GetEnvironmentVariable("FC_REQUIRE_PEERS") == "1", reason);
        Assert.SkipWhen(reason is not null, reason ?? "");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Start()
    {
        Run(Command, "-c", _directory["conf"], "start");
        _isRunning = true;
    }

    public void Stop()
    {
        Run(Command, "-c", _directory["conf"], "stop");
        _isRunning = false;
    }

    /// <summary>The messages that a mailbox got, without the fields in front that Postfix added, their lines ended by LF.</summary>
    public IReadOnlyList<byte[]> Mailbox(string user)
    {
        var path = _directory[$"mail/{user}/new"];
        return Directory.Exists(path) ? [.. Directory.GetFiles(path).Select(File.ReadAllBytes)] : [];
    }

    public void Dispose()
    {
        try
        {
            if (_isRunning)
                Stop();
        }
        finally
        {
            _directory.Dispose();
        }
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), $"{command} does not end");
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)}: {process.ExitCode}");
    }

    private string MainCf(int homePort, bool hasTls) => $$"""
        compatibility_level = 3.6
        queue_directory = {{_directory["queue"]}}
        data_directory = {{_directory["data"]}}
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = {{_directory["data/log"]}}
        maillog_file_prefixes = {{_directory.Path}}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = peer.example
        mydestination =
        mynetworks = 127.0.0.0/8
        local_recipient_maps =
        alias_maps =
        virtual_mailbox_domains = peer.example
        virtual_mailbox_base = {{_directory["mail"]}}
        virtual_mailbox_maps = inline:{ {bob@peer.example = bob/} {eve@peer.example = eve/} {jörg@peer.example = joerg/} }
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        virtual_mailbox_limit = 0
        message_size_limit = 60000000
        smtputf8_enable = yes
        smtpd_recipient_restrictions = check_recipient_access inline:{ {later@peer.example = 450 4.7.1 greylisted} }, permit_mynetworks, reject
        transport_maps = inline:{ {contoso.com = smtp:[127.0.0.1]:{{homePort}}} }
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        default_process_limit = 10
        disable_dns_lookups = yes
        minimal_backoff_time = 1s
        maximal_backoff_time = 2s
        queue_run_delay = 1s
        {{(hasTls ? $"smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = {_directory["tls.pem"]}" : "")}}

        """;

    private string MasterCf() => $"""
        127.0.0.1:{Port} inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 1 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """;
}
