using System.Net;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Smtp;

/// <summary>The section <c>SmtpIntake</c> (SM-5). Read at the start.</summary>
public sealed class SmtpIntakeOptions
{
    /// <summary>The default of <see cref="MaxMessageSize"/>: 35 MB.</summary>
    public static ByteSize DefaultMaxMessageSize { get; } = ByteSize.Parse("35MB");

    /// <summary>Where connections are taken: <c>127.0.0.1:2525</c>, <c>[::1]:2525</c>.</summary>
    /// <value>Default empty: SMTP intake is off.</value>
    public IList<string> Endpoints { get; } = [];

    /// <summary>Who may connect, in the form <c>192.0.2.0/24</c>; all others are refused at the greeting.</summary>
    /// <value>Default this machine: <c>127.0.0.0/8</c> and <c>::1/128</c>.</value>
    public IList<string> AllowedNetworks { get; } = ["127.0.0.0/8", "::1/128"];

    /// <summary>The largest message.</summary>
    /// <value>Default 35 MB; 64 KB to 2 GB.</value>
    public ByteSize MaxMessageSize { get; set; } = DefaultMaxMessageSize;

    /// <summary>The most recipients of a message; a client sends the message again for the others.</summary>
    /// <value>Default 200; 1 to 10,000.</value>
    public int MaxRecipientsPerMessage { get; set; } = 200;

    /// <summary>The most sessions at a time.</summary>
    /// <value>Default 50; 1 to 10,000.</value>
    public int MaxSessions { get; set; } = 50;

    /// <summary>A PEM file with a certificate and its key, for STARTTLS.</summary>
    /// <value>Default null: STARTTLS is not offered.</value>
    public string? CertificateFile { get; set; }

    /// <summary>The keys of the section.</summary>
    internal static ConfigurationTable<SmtpIntakeOptions> Keys { get; } = new ConfigurationTable<SmtpIntakeOptions>()
        .List(nameof(Endpoints), o => o.Endpoints, Facts("none: off", "address:port", "Where connections are taken."))
        .List(nameof(AllowedNetworks), o => o.AllowedNetworks,
            Facts("127.0.0.0/8, ::1/128", "address/bits", "Who may connect."))
        .Size(nameof(MaxMessageSize), o => o.MaxMessageSize, (o, value) => o.MaxMessageSize = value,
            Facts("35MB", "64KB to 2GB", "The largest message."), "64KB", "2GB")
        .Number(nameof(MaxRecipientsPerMessage), o => o.MaxRecipientsPerMessage, (o, value) => o.MaxRecipientsPerMessage = value,
            Facts("200", "1 to 10000", "The most recipients of a message."), 1, 10_000)
        .Number(nameof(MaxSessions), o => o.MaxSessions, (o, value) => o.MaxSessions = value,
            Facts("50", "1 to 10000", "The most sessions at a time."), 1, 10_000)
        .Text(nameof(CertificateFile), o => o.CertificateFile, (o, value) => o.CertificateFile = value,
            Facts("none: no STARTTLS", "a path of a PEM file", "The certificate and its key."), ConfigurationText.NotEmpty);

    /// <summary>What is wrong with the section as a whole.</summary>
    internal static IEnumerable<string> Problems(SmtpIntakeOptions options)
    {
        for (var i = 0; i < options.Endpoints.Count; i++)
        {
            // Without a port, .NET takes any.
            if (!IPEndPoint.TryParse(options.Endpoints[i], out var endpoint) || endpoint.Port == 0)
                yield return $"{nameof(Endpoints)}:{i}: '{options.Endpoints[i]}' is not an IP address and a port, such as 127.0.0.1:2525";
        }
        for (var i = 0; i < options.AllowedNetworks.Count; i++)
        {
            if (!IPNetwork.TryParse(options.AllowedNetworks[i], out _))
                yield return $"{nameof(AllowedNetworks)}:{i}: '{options.AllowedNetworks[i]}' is not a network, such as 192.0.2.0/24";
        }
        if (options.AllowedNetworks.Count == 0 && options.Endpoints.Count > 0)
            yield return $"{nameof(AllowedNetworks)}: names no network, so that nobody could connect";
    }

    private static ConfigurationKeyFacts Facts(string value, string range, string meaning) =>
        new() { Default = value, Range = range, Meaning = meaning, Rule = "SM-5", IsReadAtStart = true };
}
