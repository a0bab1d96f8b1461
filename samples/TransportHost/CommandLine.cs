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
               TransportHost --contentRoot DIR --explain -                        the same for each line: address[TAB size in octets]
        --json prints explanations as one JSON object a line. ADDRESS is an SMTP address, an IMCEA address or TYPE:value.
        """;

    /// <summary>Where appsettings.json is, and what relative paths are relative to.</summary>
    public string ContentRoot { get; private init; } = ".";

    /// <summary>Take in what is pending, deliver what is due, and end.</summary>
    public bool Once { get; private init; }

    /// <summary>The address to explain; <c>-</c> reads standard input; null for the other commands.</summary>
    public string? Explain { get; private init; }

    /// <summary>The size of the message to explain.</summary>
    public ByteSize Size { get; private init; }

    /// <summary>Machine-readable output.</summary>
    public bool Json { get; private init; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out CommandLine? command, out string error)
    {
        command = new CommandLine();
        error = "";
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--contentRoot" when value is not null:
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
                default:
                    error = $"'{args[i]}' is not understood";
                    command = null;
                    return false;
            }
        }
        command = command with { ContentRoot = Path.GetFullPath(command.ContentRoot) };
        return true;
    }
}
