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

    /// <summary>What can be done, for people.</summary>
    public static string Verbs => Names<QueueVerb>();

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
    /// <param name="problem">What is wrong with it, when it is known but not its value.</param>
    public bool TryAdd(string option, string? value, out QueueCommand changed, out int used, out string? problem)
    {
        used = option.StartsWith("--", StringComparison.Ordinal) && option != "--no-report" ? 1 : 0;
        var result = (option, value) switch
        {
            ("--connector", { } name) => this with { Filter = Filter with { Connector = name } },
            ("--status", _) when TryParseName<QueuedMessageStatus>(value, out var status) =>
                this with { Filter = Filter with { Status = status } },
            ("--older-than", _) when TryParseAge(value, out var age) => this with { Filter = Filter with { MinimumAge = age } },
            ("--recipient", { } text) => this with { Filter = Filter with { Recipient = text } },
            ("--to", { } path) when !string.IsNullOrWhiteSpace(path) => this with { To = path },
            ("--no-report", _) => this with { Report = false },
            _ when used == 0 => this with { Ids = [.. Ids, option] },
            _ => null,
        };
        problem = result is not null ? null : option switch
        {
            "--status" => CommandLine.Problem(option, value, Names<QueuedMessageStatus>()),
            "--older-than" => CommandLine.Problem(option, value, "a time such as 01:30:00 or 2.00:00:00"),
            "--connector" => CommandLine.Problem(option, value, "the name of a connector"),
            "--recipient" => CommandLine.Problem(option, value, "a part of an address"),
            "--to" => CommandLine.Problem(option, value, "the name of a file"),
            _ => null,
        };
        changed = result ?? this;
        return result is not null;
    }

    // As in the configuration: .NET takes 24:00:00 and 24 for 24 days, and whoever writes that means hours.
    private static bool TryParseAge(string? text, out TimeSpan age) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out age) && age >= TimeSpan.Zero
            && (age.Days == 0 || text.Contains('.', StringComparison.Ordinal));

    private static string Names<T>()
        where T : struct, Enum => "one of " + string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant();

    // By name alone: Enum.TryParse takes any number as well.
    private static bool TryParseName<T>(string? text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase);
}
