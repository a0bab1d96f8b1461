using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ForeignConnector.Lib.Queueing.Management;

namespace TransportHost;

/// <summary>What to do with the queue.</summary>
internal enum QueueVerb
{
    List,
    Show,
    Hold,
    Release,
    Retry,
    Remove,
    Export,
}

/// <summary>One use of <c>--queue</c>.</summary>
internal sealed record QueueCommand(QueueVerb Verb)
{
    /// <summary>The messages, by any part of their id that only one has.</summary>
    public IReadOnlyList<string> Ids { get; private init; } = [];

    /// <summary>Which messages, when no id is given.</summary>
    public QueueFilter Filter { get; private init; } = new();

    /// <summary>Whether the sender of a removed message is told.</summary>
    public bool Report { get; private init; } = true;

    /// <summary>Where an exported message goes.</summary>
    public string? To { get; private init; }

    /// <summary>What a complete command still needs; null when nothing.</summary>
    public string? Missing => Verb switch
    {
        QueueVerb.Show when Ids.Count == 0 => "--queue show needs the id of a message",
        QueueVerb.Export when Ids.Count != 1 || To is null => "--queue export needs the id of one message, and --to FILE",
        QueueVerb.Hold or QueueVerb.Release or QueueVerb.Retry or QueueVerb.Remove when Ids.Count == 0 && Filter == new QueueFilter() =>
            $"--queue {Verb.ToString().ToLowerInvariant()} needs the id of a message or a filter",
        _ => null,
    };

    public static bool TryParseVerb(string? text, [NotNullWhen(true)] out QueueCommand? command)
    {
        command = TryParseName<QueueVerb>(text, out var verb) ? new QueueCommand(verb) : null;
        return command is not null;
    }

    /// <summary>Takes one more argument into the command.</summary>
    /// <param name="option">The argument.</param>
    /// <param name="value">The argument after it.</param>
    /// <param name="changed">The command with it.</param>
    /// <param name="used">1 when <paramref name="value"/> belongs to it.</param>
    public bool TryAdd(string option, string? value, out QueueCommand changed, out int used)
    {
        used = option.StartsWith("--", StringComparison.Ordinal) && option != "--no-report" ? 1 : 0;
        var result = (option, value) switch
        {
            ("--connector", { } name) => this with { Filter = Filter with { Connector = name } },
            ("--status", _) when TryParseName<QueuedMessageStatus>(value, out var status) => this with { Filter = Filter with { Status = status } },
            ("--older-than", _) when TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var age) => this with { Filter = Filter with { MinimumAge = age } },
            ("--recipient", { } text) => this with { Filter = Filter with { Recipient = text } },
            ("--to", { } path) => this with { To = path },
            ("--no-report", _) => this with { Report = false },
            _ when used == 0 => this with { Ids = [.. Ids, option] },
            _ => null,
        };
        changed = result ?? this;
        return result is not null;
    }

    // By name alone: Enum.TryParse takes any number as well.
    private static bool TryParseName<T>(string? text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase);
}
