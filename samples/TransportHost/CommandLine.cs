using System.Diagnostics.CodeAnalysis;

namespace TransportHost;

/// <summary>What the user asked for.</summary>
/// <param name="ContentRoot">Where appsettings.json is, and what relative paths are relative to.</param>
/// <param name="Once">Take in what is pending, deliver what is due, and end.</param>
internal sealed record CommandLine(string ContentRoot, bool Once)
{
    public const string Usage = "usage: TransportHost --contentRoot DIR [--once]";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out CommandLine? command, out string error)
    {
        command = null;
        error = "";
        string? contentRoot = null;
        var once = false;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--contentRoot" when i + 1 < args.Length:
                    contentRoot = args[++i];
                    break;
                case "--once":
                    once = true;
                    break;
                default:
                    error = $"'{args[i]}' is not understood";
                    return false;
            }
        }
        command = new CommandLine(Path.GetFullPath(contentRoot ?? "."), once);
        return true;
    }
}
