using System.Collections.Immutable;
using System.Globalization;

namespace ForeignConnector.Lib.Smtp.Dialogue;

/// <summary>What a server offers (EHLO). Immutable.</summary>
internal sealed record ServerFeatures
{
    /// <summary>A server that only knows HELO.</summary>
    public static ServerFeatures None { get; } = new();

    public bool StartTls { get; private init; }

    public bool Pipelining { get; private init; }

    public bool EightBitMime { get; private init; }

    public bool SmtpUtf8 { get; private init; }

    public bool Dsn { get; private init; }

    /// <summary>BINARYMIME, and CHUNKING to send it with.</summary>
    public bool BinaryMime { get; private init; }

    /// <summary>SIZE is offered.</summary>
    public bool Size { get; private init; }

    /// <summary>The largest message; 0 when the server does not say.</summary>
    public long MaxSize { get; private init; }

    /// <summary>The SASL mechanisms, in upper case.</summary>
    public ImmutableArray<string> Mechanisms { get; private init; } = [];

    /// <summary>Reads the reply to EHLO; its first line is a greeting.</summary>
    public static ServerFeatures Parse(SmtpReply reply)
    {
        var keywords = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var words in reply.Lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words.Length > 0)
                keywords.TryAdd(words[0], words[1..]);
        }
        return new()
        {
            StartTls = keywords.ContainsKey("STARTTLS"),
            Pipelining = keywords.ContainsKey("PIPELINING"),
            EightBitMime = keywords.ContainsKey("8BITMIME"),
            SmtpUtf8 = keywords.ContainsKey("SMTPUTF8"),
            Dsn = keywords.ContainsKey("DSN"),
            BinaryMime = keywords.ContainsKey("BINARYMIME") && keywords.ContainsKey("CHUNKING"),
            Size = keywords.TryGetValue("SIZE", out var size),
            MaxSize = size is [var octets, ..] && long.TryParse(octets, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                ? most : 0,
            Mechanisms = keywords.TryGetValue("AUTH", out var mechanisms) ? [.. mechanisms.Select(name => name.ToUpperInvariant())] : [],
        };
    }
}
