using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Smtp;

/// <summary>The section <c>Smtp</c> of a connector with <c>"DeliveryProtocol": "SMTP"</c> (SM-1).</summary>
public sealed class SmtpAgentOptions
{
    /// <summary>The default of <see cref="Timeout"/>: 2 minutes.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The host that messages are handed to: a name, or an IP address.</summary>
    /// <value>Required.</value>
    public string SmartHost { get; set; } = "";

    /// <summary>Its port.</summary>
    /// <value>Default 25.</value>
    public int Port { get; set; } = 25;

    /// <summary>How the connection is encrypted.</summary>
    /// <value>Default <see cref="SmtpSecurity.StartTls"/>.</value>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>What this server calls itself (EHLO).</summary>
    /// <value>Default null: the server's name if it has a dot, else its IP address.</value>
    public string? LocalDomain { get; set; }

    /// <summary>The name of the account.</summary>
    /// <value>Default null: no login, unless an <see cref="ISmtpCredentials"/> service knows one.</value>
    public string? UserName { get; set; }

    /// <summary>A file that holds the password and nothing else; read for every connection.</summary>
    /// <value>Default null.</value>
    public string? PasswordFile { get; set; }

    /// <summary>The password itself. It works, and is warned about: configurations are copied and logged.</summary>
    /// <value>Default null.</value>
    public string? Password { get; set; }

    /// <summary>
    /// A PEM file with the certificates of the authorities that the smart host's certificate may come from, instead of those that the
    /// system trusts.
    /// </summary>
    /// <value>Default null: those that the system trusts.</value>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>
    /// How long each step may take: connecting, each reply, each block of a message. The reply to a whole message has five times as long
    /// (RFC 5321, 4.5.3.2.6).
    /// </summary>
    /// <value>Default 2 minutes; from a second to an hour.</value>
    public TimeSpan Timeout { get; set; } = DefaultTimeout;

    /// <summary>The keys of the section.</summary>
    internal static ConfigurationTable<SmtpAgentOptions> Keys { get; } = new ConfigurationTable<SmtpAgentOptions>()
        .Text(nameof(SmartHost), o => o.SmartHost, (o, value) => o.SmartHost = value,
            Facts("", "a host name or an IP address", "Where messages go."))
        .Number(nameof(Port), o => o.Port, (o, value) => o.Port = value, Facts("25", "1 to 65535", "The port of the smart host."), 1, 65535)
        .Choice(nameof(Security), o => o.Security, (o, value) => o.Security = value,
            Facts("StartTls", "None, StartTlsWhenAvailable, StartTls, Tls", "How the connection is encrypted."))
        .Text(nameof(LocalDomain), o => o.LocalDomain, (o, value) => o.LocalDomain = value,
            Facts("ServerName or the IP address", "a host name or [address]", "What this server calls itself."), CheckDomain)
        .Text(nameof(UserName), o => o.UserName, (o, value) => o.UserName = value,
            Facts("", "", "The account."), ConfigurationText.NotEmpty)
        .Text(nameof(PasswordFile), o => o.PasswordFile, (o, value) => o.PasswordFile = value,
            Facts("", "a path", "A file that holds the password."), ConfigurationText.NotEmpty)
        .Text(nameof(Password), o => o.Password, (o, value) => o.Password = value,
            Facts("", "", "The password itself; prefer PasswordFile."), ConfigurationText.NotEmpty)
        .Text(nameof(CertificateAuthorityFile), o => o.CertificateAuthorityFile, (o, value) => o.CertificateAuthorityFile = value,
            Facts("those of the system", "a path of a PEM file", "The authorities that are trusted."), ConfigurationText.NotEmpty)
        .Time(nameof(Timeout), o => o.Timeout, (o, value) => o.Timeout = value,
            Facts("00:02:00", "00:00:01 to 01:00:00", "How long each step may take."), "00:00:01", "01:00:00");

    /// <summary>What is wrong with the section as a whole.</summary>
    internal static IEnumerable<string> Problems(SmtpAgentOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.SmartHost))
            yield return $"{nameof(SmartHost)}: must name the host that messages go to";
        else if (Uri.CheckHostName(options.SmartHost.Trim('[', ']')) == UriHostNameType.Unknown)
            yield return $"{nameof(SmartHost)}: '{options.SmartHost}' is neither a host name nor an IP address; the port stands in Port";
        if (options is { Password: not null, PasswordFile: not null })
            yield return $"{nameof(Password)}: stands beside PasswordFile; take one of the two away";
        if (options.UserName is null && (options.Password ?? options.PasswordFile) is not null)
            yield return $"{nameof(UserName)}: is missing beside the password";
        if (options is { Security: SmtpSecurity.None, CertificateAuthorityFile: not null })
            yield return $"{nameof(CertificateAuthorityFile)}: has no meaning without TLS; set Security or take it away";
    }

    private static string? CheckDomain(string text) =>
        text.Length is > 0 and <= 255 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '[' or ']' or ':')
            ? null
            : "must be a host name or an address in brackets";

    private static ConfigurationKeyFacts Facts(string value, string range, string meaning) =>
        new() { Default = value, Range = range, Meaning = meaning, Rule = "SM-1" };
}
