using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>What a program reads on its standard input.</summary>
public enum ProcessInput
{
    /// <summary>The message, octet for octet.</summary>
    Message,

    /// <summary>The text of the message in UTF-8: see <see cref="MessageText"/>.</summary>
    Text,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>What it means when a program ends with 0.</summary>
public enum ProcessSuccess
{
    /// <summary>The recipient has the message.</summary>
    Delivered,

    /// <summary>The message was taken by a system that does not confirm delivery.</summary>
    Relayed,
}

/// <summary>The section <c>Process</c> of a connector with <c>"DeliveryProtocol": "PROCESS"</c> (PX-1).</summary>
public sealed class ProcessGatewaySettings
{
    /// <summary>
    /// The program: a full path, a path relative to the base directory, or a name that is looked for in <c>PATH</c>. No shell reads it.
    /// </summary>
    public string FileName { get; set; } = "";

    /// <summary>
    /// The arguments, one each. <c>{id}</c>, <c>{sender}</c>, <c>{recipient}</c>, <c>{type}</c>, <c>{value}</c>, <c>{subject}</c> and
    /// <c>{file}</c> are replaced inside single arguments. An address that begins with <c>-</c> is refused, unless the argument before it
    /// is <c>--</c>.
    /// </summary>
    /// <value>Default none.</value>
    public IList<string> Arguments { get; } = [];

    /// <summary>What the program reads on its standard input.</summary>
    /// <value>Default <see cref="ProcessInput.Message"/>.</value>
    public ProcessInput Input { get; set; } = ProcessInput.Message;

    /// <summary>What it means when the program ends with 0.</summary>
    /// <value>Default <see cref="ProcessSuccess.Delivered"/>.</value>
    public ProcessSuccess Success { get; set; } = ProcessSuccess.Delivered;

    /// <summary>
    /// How many recipients one call has. An argument that speaks of a recipient stands once for each; the outcome holds for all.
    /// </summary>
    /// <value>Default 1; 1 to 1000.</value>
    public int RecipientsPerCall { get; set; } = 1;

    /// <summary>The working directory of the program.</summary>
    /// <value>Default: the base directory.</value>
    public string? WorkingDirectory { get; set; }

    /// <summary>Variables of the program's environment, beside those of the host.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long one call may take; then the program is killed, with all that it started.</summary>
    /// <value>Default 5 minutes; 1 second to 1 day. Less than the connector's <c>DeliveryTimeout</c>.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where the files of <c>{file}</c> are as long as a call takes, readable for the host's account alone.</summary>
    /// <value>Default <c>process-files</c>, below the base directory.</value>
    public string FileDirectory { get; set; } = "process-files";

    /// <summary>The keys of the section.</summary>
    public static ConfigurationTable<ProcessGatewaySettings> Keys { get; } = new ConfigurationTable<ProcessGatewaySettings>()
        .Text(nameof(FileName), s => s.FileName, (s, value) => s.FileName = value, new()
        {
            Range = "a path, or a name in `PATH`",
            Rule = "PX-1",
            Meaning = "the program",
        }, check: Path)
        .List(nameof(Arguments), s => s.Arguments, new()
        {
            Default = "none",
            Range = "texts with placeholders",
            Rule = "PX-1",
            Meaning = "its arguments; no shell reads them",
        })
        .Choice(nameof(Input), s => s.Input, (s, value) => s.Input = value, new()
        {
            Default = "`Message`",
            Range = "`Message`, `Text`, `None`",
            Rule = "PX-1",
            Meaning = "what it reads on its standard input",
        })
        .Choice(nameof(Success), s => s.Success, (s, value) => s.Success = value, new()
        {
            Default = "`Delivered`",
            Range = "`Delivered`, `Relayed`",
            Rule = "DA-10",
            Meaning = "what the exit code 0 means",
        })
        .Number(nameof(RecipientsPerCall), s => s.RecipientsPerCall, (s, value) => s.RecipientsPerCall = value, new()
        {
            Default = "1",
            Range = "1 to 1000",
            Rule = "PX-1",
            Meaning = "how many recipients one call has",
        }, least: 1, most: 1000)
        .Text(nameof(WorkingDirectory), s => s.WorkingDirectory, (s, value) => s.WorkingDirectory = value, new()
        {
            Default = "the base directory",
            Range = "a directory",
            Rule = "PX-1",
            Meaning = "its working directory",
        }, check: Path)
        .Map(nameof(Environment), s => s.Environment, new()
        {
            Default = "none",
            Range = "name: value",
            Rule = "PX-1",
            Meaning = "variables of its environment, beside those of the host",
        })
        .Time(nameof(Timeout), s => s.Timeout, (s, value) => s.Timeout = value, new()
        {
            Default = "`00:05:00`",
            Range = "1 s to 1 d, less than `DeliveryTimeout`",
            Rule = "PX-1",
            Meaning = "how long a call may take; then the program is killed with all that it started, and the recipient deferred with "
                + "4.4.2",
        }, least: "00:00:01", most: "1.00:00:00")
        .Text(nameof(FileDirectory), s => s.FileDirectory, (s, value) => s.FileDirectory = value, new()
        {
            Default = "`process-files`",
            Range = "a directory",
            Rule = "PX-1",
            Meaning = "where the files of `{file}` are as long as a call takes",
        }, check: Path);

    /// <summary>What is wrong with the settings as a whole.</summary>
    internal IEnumerable<string> Problems()
    {
        for (var i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i].Contains('\0', StringComparison.Ordinal))
                yield return $"{nameof(Arguments)}:{i}: must not contain NUL";
            foreach (var unknown in ArgumentTemplate.Unknown(Arguments[i]))
                yield return $"{nameof(Arguments)}:{i}: there is no placeholder {unknown}; "
                    + $"there are {string.Join(", ", ArgumentTemplate.Placeholders)}";
        }
        foreach (var (name, value) in Environment)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
                yield return $"{nameof(Environment)}:{name}: is no variable of an environment";
        }
    }

    private static string? Path(string text) =>
        string.IsNullOrWhiteSpace(text) ? "must not be empty" : text.Any(char.IsControl) ? "must be a path" : null;
}
