using System.Diagnostics.CodeAnalysis;
using ForeignConnector.Lib.Mail;

namespace TransportHost;

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        usage: TransportHost --contentRoot DIR                                    run until SIGTERM
               TransportHost --contentRoot DIR --once                             one round, then end
               TransportHost --contentRoot DIR --explain ADDRESS [--size 12MB]    which connector, and why
               TransportHost --contentRoot DIR --explain - [--size 12MB]          the same for each line: address[TAB size in octets]
               TransportHost --contentRoot DIR --queue list [FILTER]              what is in the queue
               TransportHost --contentRoot DIR --queue show ID...                 everything about single messages
               TransportHost --contentRoot DIR --queue hold|release|retry ID...|FILTER
               TransportHost --contentRoot DIR --queue remove ID...|FILTER [--no-report]
               TransportHost --contentRoot DIR --queue export ID --to FILE        a Replay file; the queue keeps the message
               TransportHost --contentRoot DIR --queue create-schema              the tables of a queue in PostgreSQL
        FILTER: any of --connector NAME, --status STATUS, --older-than [d.]hh:mm:ss, --recipient TEXT.
        ID: any part of an id that only one message has.
        --json prints one JSON object a line. ADDRESS is an SMTP address, an IMCEA address or TYPE:value.
        """;

    /// <summary>Where appsettings.json is, and what relative paths are relative to.</summary>
    public string ContentRoot { get; private init; } = ".";

    /// <summary>Take in what is pending, deliver what is due, and end.</summary>
    public bool Once { get; private init; }

    /// <summary>The address to explain; <c>-</c> reads standard input; null for the other commands.</summary>
    public string? Explain { get; private init; }

    /// <summary>The size of the message to explain.</summary>
    public ByteSize Size { get; private init; }

    /// <summary>The work on the queue; null for the other commands.</summary>
    public QueueCommand? Queue { get; private init; }

    /// <summary>Create the schema of a queue in a database, and end.</summary>
    public bool CreateSchema { get; private init; }

    /// <summary>Machine-readable output.</summary>
    public bool Json { get; private init; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out CommandLine? command, out string error)
    {
        command = new CommandLine();
        error = "";
        string? problem = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--contentRoot" when !string.IsNullOrWhiteSpace(value):
                    command = command with { ContentRoot = value };
                    i++;
                    break;
                case "--once":
                    command = command with { Once = true };
                    break;
                case "--explain" when value is not null:
                    command = command with { Explain = value };
                    i++;
                    break;
                case "--size" when ByteSize.TryParse(value, out var size):
                    command = command with { Size = size };
                    i++;
                    break;
                case "--json":
                    command = command with { Json = true };
                    break;
                case "--queue" when value == "create-schema":
                    command = command with { CreateSchema = true };
                    i++;
                    break;
                case "--queue" when QueueCommand.TryParseVerb(value, out var queue):
                    command = command with { Queue = queue };
                    i++;
                    break;
                case "--contentRoot":
                    problem = Problem("--contentRoot", value, "the name of a directory");
                    goto default;
                case "--size":
                    problem = Problem("--size", value, "a size such as 12MB");
                    goto default;
                case "--queue":
                    problem = Problem("--queue", value, QueueCommand.Verbs);
                    goto default;
                case var option when command.Queue is { } queue && queue.TryAdd(option, value, out var changed, out var used, out problem):
                    command = command with { Queue = changed };
                    i += used;
                    break;
                default:
                    error = problem ?? $"'{args[i]}' is not understood";
                    command = null;
                    return false;
            }
        }
        if (command.Queue?.Missing is { } missing)
        {
            error = missing;
            command = null;
            return false;
        }
        command = command with { ContentRoot = Path.GetFullPath(command.ContentRoot) };
        return true;
    }

    /// <summary>What to say about the value of an option.</summary>
    public static string Problem(string option, string? value, string expected) =>
        value is null ? $"{option} needs {expected}" : $"{option} '{value}' is not understood; write {expected}";
}
